using System.Buffers.Binary;
using System.CommandLine;
using System.Security.Cryptography;
using Raid5Fs.FileSystem;

namespace Raid5Fs.Client.Arguments;

/// <summary>The options that say how a new array, or a new file system, is laid out.</summary>
internal sealed class GeometryArguments
{
    /// <summary>Bytes of an inode: the format knows one size.</summary>
    public const int OnlyInodeSize = 128;

    private readonly Option<long?> _blocks = new("--blocks", "-nb") { Description = "Blocks that the array offers, rounded up", HelpName = "N" };

    private readonly Option<int?> _blockSize = new("--block-size", "-bs")
    {
        Description = "Bytes a block: a power of two of 128 to 65536. Default 4096",
        HelpName = "BYTES",
    };

    private readonly Option<int?> _chunk = new("--chunk")
    {
        Description = "Consecutive blocks on one server. Default 16, on a small array 1",
        HelpName = "BLOCKS",
    };

    private readonly Option<long?> _inodes = new("--inodes", "-ni")
    {
        Description = "Files and directories that there can be. Default: one for every four blocks",
        HelpName = "N",
    };

    private readonly Option<int> _inodeSize = new("--inode-size", "-is")
    {
        Description = $"Bytes of an inode: {OnlyInodeSize}, the only size that the format knows",
        HelpName = "BYTES",
        DefaultValueFactory = static _ => OnlyInodeSize,
    };

    private readonly Option<string?> _label = new("--label") { Description = "What people call the volume: up to 32 bytes", HelpName = "TEXT" };

    public GeometryArguments() => _inodeSize.Validators.Add(given =>
    {
        if (given.Tokens.Count > 0 && given.Tokens[^1].Value != $"{OnlyInodeSize}")
        {
            given.AddError($"--inode-size {given.Tokens[^1].Value}: the format knows inodes of {OnlyInodeSize} bytes only");
        }
    });

    public IEnumerable<Option> Options => [_blocks, _blockSize, _chunk, _inodes, _inodeSize, _label];

    public long? Blocks(ParseResult parsed) => parsed.GetValue(_blocks);

    public int? BlockSize(ParseResult parsed) => parsed.GetValue(_blockSize);

    public int? Chunk(ParseResult parsed) => parsed.GetValue(_chunk);

    /// <summary>What the file system is to be like.</summary>
    public MkfsOptions ToMkfs(ParseResult parsed)
    {
        Span<byte> seed = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(seed);
        return new MkfsOptions
        {
            Inodes = parsed.GetValue(_inodes),
            Label = parsed.GetValue(_label) ?? string.Empty,
            NameSeed = BinaryPrimitives.ReadUInt64LittleEndian(seed),
        };
    }
}
