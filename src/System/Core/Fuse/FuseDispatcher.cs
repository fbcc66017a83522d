/*
 * The mount's half of the FUSE protocol: a request as bytes goes in, a file system is asked, the answer as bytes comes out. There is
 * no descriptor here and no thread: the client's mount reads and writes /dev/fuse, a simulated kernel may do the same in memory.
 *
 * The kernel judges permissions (default_permissions), follows paths and symbolic links, locks directories while names in them are
 * looked up or changed, and keeps positions and modes of open files. What reaches this place is about inodes and single names, as
 * IFileSystem is. A request names its inode; a handle only says that it is open.
 *
 * Faults assumed: a request may be cut short or hold anything: it is answered EINVAL (or EIO, if its length is not what it says), or not
 * at all if it has no header or is of the kinds that are never answered, and changes nothing.
 */

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Fuse;

/// <summary>Answers the requests of a kernel that has a file system mounted.</summary>
/// <remarks>
/// Called from the file system's executor. Calls may overlap, as the requests of a kernel do. An answer may be given at any time later.
/// </remarks>
public sealed partial class FuseDispatcher
{
    /// <summary>The first version that is spoken here: Linux 5.4.</summary>
    public const uint MinimumMinor = 31;

    private const uint Major = 7;
    private const uint Minor = 38;
    private const int PageSize = 4096;
    private const int SmallAnswer = 256;

    private const FuseCapabilities Wanted =
        FuseCapabilities.AsyncRead | FuseCapabilities.AtomicTruncate | FuseCapabilities.BigWrites | FuseCapabilities.ReadDirectoryPlus
        | FuseCapabilities.ReadDirectoryPlusAuto | FuseCapabilities.AsyncDirectIO | FuseCapabilities.ParallelDirectoryOperations
        | FuseCapabilities.MaxPages | FuseCapabilities.CacheSymbolicLinks | FuseCapabilities.HandleKillPrivileges
        | FuseCapabilities.InitExtended;

    private readonly IFileSystem _files;
    private readonly FuseOptions _options;
    private readonly FuseNodes _nodes;
    private bool _hasBegun;
    private int _blockSize = PageSize;

    /// <param name="files">What is mounted. Whoever mounted it unmounts it: what the kernel still knows then need not be forgotten.</param>
    /// <param name="options">How the kernel is treated.</param>
    public FuseDispatcher(IFileSystem files, FuseOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxTransfer, PageSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxTransfer, 1 << 20);
        ArgumentOutOfRangeException.ThrowIfNotEqual(options.MaxTransfer % PageSize, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxBackground, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxBackground, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.AttributeTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.EntryTimeout, TimeSpan.Zero);
        _files = files;
        _options = options;
        _nodes = new FuseNodes(files);
    }

    /// <summary>How many inodes the kernel knows or has open, but for the root.</summary>
    public int KnownInodes => _nodes.Count;

    /// <summary>Bytes of the longest request that the kernel may send, its header included.</summary>
    public int LongestRequest => _options.MaxTransfer + PageSize;

    /// <summary>Bytes that an answer to this request may need: a few hundred, but for what reads data. Callable from any thread.</summary>
    public int RoomFor(ReadOnlySpan<byte> request)
    {
        if (!MemoryMarshal.TryRead(request, out FuseRequestHeader header))
            return SmallAnswer;
        ReadOnlySpan<byte> body = request[Unsafe.SizeOf<FuseRequestHeader>()..];
        uint asked = header.Opcode switch
        {
            FuseOpcode.Read or FuseOpcode.ReadDirectory or FuseOpcode.ReadDirectoryPlus =>
                MemoryMarshal.TryRead(body, out FuseReadRequest read) ? read.Size : 0,
            FuseOpcode.GetExtendedAttribute or FuseOpcode.ListExtendedAttributes =>
                BinaryPrimitives.TryReadUInt32LittleEndian(body, out uint size) ? size : 0,
            FuseOpcode.ReadLink => PageSize,
            _ => 0,
        };
        return FuseReply.HeaderSize + Math.Max(SmallAnswer, (int)Math.Min(asked, (uint)_options.MaxTransfer));
    }

    /// <summary>Answers one request.</summary>
    /// <param name="request">Its bytes, which stay as they are until the answer is there.</param>
    /// <param name="reply">At least <see cref="RoomFor"/> it.</param>
    /// <returns>Bytes of the answer; 0: this one is not answered.</returns>
    public ValueTask<int> AnswerAsync(ReadOnlyMemory<byte> request, Memory<byte> reply)
    {
        if (!FuseRequest.TryRead(request, out FuseRequest read))
            return new(0);
        Invariant.Require(reply.Length >= RoomFor(request.Span), "an answer has room");
        var answer = new FuseReply(read.Header.Unique, reply);
        bool isWhole = read.Header.Length == (uint)request.Length;
        switch (read.Header.Opcode)
        {
            case FuseOpcode.Forget:
                return isWhole ? ForgetAsync(read) : new(0);
            case FuseOpcode.BatchForget:
                return isWhole ? BatchForgetAsync(read) : new(0);

            // An operation that was begun is ended, and its answer is the answer: none of them waits for what may never come.
            case FuseOpcode.Interrupt or FuseOpcode.NotifyReply:
                return new(0);
            case FuseOpcode.Init:
                return isWhole ? InitAsync(read, answer) : new(answer.Done(Errno.EIO));
            default:
                return isWhole && _hasBegun ? DispatchAsync(read, answer) : new(answer.Done(Errno.EIO));
        }
    }

    private ValueTask<int> DispatchAsync(FuseRequest request, FuseReply reply) => request.Header.Opcode switch
    {
        FuseOpcode.Lookup => LookupAsync(request, reply),
        FuseOpcode.GetAttributes => GetAttributesAsync(request, reply),
        FuseOpcode.SetAttributes => SetAttributesAsync(request, reply),
        FuseOpcode.ReadLink => ReadLinkAsync(request, reply),
        FuseOpcode.SymbolicLink => MakeSymbolicLinkAsync(request, reply),
        FuseOpcode.MakeNode => MakeNodeAsync(request, reply),
        FuseOpcode.MakeDirectory => MakeDirectoryAsync(request, reply),
        FuseOpcode.Unlink => UnlinkAsync(request, reply),
        FuseOpcode.RemoveDirectory => RemoveDirectoryAsync(request, reply),
        FuseOpcode.Rename => RenameAsync(request, reply),
        FuseOpcode.Rename2 => Rename2Async(request, reply),
        FuseOpcode.Link => LinkAsync(request, reply),
        FuseOpcode.Open => OpenAsync(request, reply),
        FuseOpcode.Create => CreateAsync(request, reply),
        FuseOpcode.Read => ReadAsync(request, reply),
        FuseOpcode.Write => WriteAsync(request, reply),
        FuseOpcode.Statistics => GetStatisticsAsync(reply),
        FuseOpcode.Release or FuseOpcode.ReleaseDirectory => ReleaseAsync(request, reply),
        FuseOpcode.Sync or FuseOpcode.SyncDirectory => SyncAsync(request, reply),
        FuseOpcode.SyncFileSystem => SyncRootAsync(reply),
        FuseOpcode.Flush => new(reply.Done(Errno.OK)),
        FuseOpcode.SetExtendedAttribute => SetExtendedAttributeAsync(request, reply),
        FuseOpcode.GetExtendedAttribute => GetExtendedAttributeAsync(request, reply),
        FuseOpcode.ListExtendedAttributes => ListExtendedAttributesAsync(request, reply),
        FuseOpcode.RemoveExtendedAttribute => RemoveExtendedAttributeAsync(request, reply),
        FuseOpcode.OpenDirectory => OpenDirectoryAsync(request, reply),
        FuseOpcode.ReadDirectory => ReadDirectoryAsync(request, reply),
        FuseOpcode.ReadDirectoryPlus => ReadDirectoryPlusAsync(request, reply),
        FuseOpcode.Access => AccessAsync(request, reply),
        FuseOpcode.Allocate => AllocateAsync(request, reply),
        FuseOpcode.Seek => SeekAsync(request, reply),
        FuseOpcode.CopyFileRange => CopyAsync(request, reply),
        FuseOpcode.Destroy => DestroyAsync(reply),
        _ => new(reply.Done(Errno.ENOSYS)),
    };

    /// <summary>The kernel begins: EPROTO if it speaks another protocol, EINVAL if not even that can be read.</summary>
    private async ValueTask<int> InitAsync(FuseRequest request, FuseReply reply)
    {
        if (!request.TryRead(out FuseInitRequest init))
            return reply.Done(Errno.EINVAL);

        // A kernel of a later major version begins again with ours.
        if (init.Major > Major)
            return reply.Answer(new FuseInitReply { Major = Major, Minor = Minor });
        if (init.Major < Major || init.Minor < MinimumMinor)
            return reply.Done(Errno.EPROTO);
        Result<FileSystemStatistics> statistics = await _files.GetStatisticsAsync();
        if (!statistics.IsOk)
            return reply.Done(statistics.Error);
        _blockSize = statistics.Value.BlockSize;
        _hasBegun = true;
        return reply.Answer(new FuseInitReply(
            Major,
            Math.Min(Minor, init.Minor),
            init.MaxReadAhead,
            init.Capabilities & Wanted,
            (ushort)_options.MaxBackground,
            (ushort)Math.Max(1, _options.MaxBackground / 4 * 3),
            (uint)_options.MaxTransfer,
            TimeGranularity: 1,
            (ushort)(_options.MaxTransfer / PageSize),
            MapAlignment: 0,
            MoreCapabilities: 0));
    }

    /// <summary>The kernel ends.</summary>
    private async ValueTask<int> DestroyAsync(FuseReply reply)
    {
        _hasBegun = false;
        await _nodes.ForgetAllAsync();
        return reply.Done(Errno.OK);
    }

    private async ValueTask<int> ForgetAsync(FuseRequest request)
    {
        if (request.TryRead(out FuseForgetRequest forget))
            await _nodes.ForgetAsync(_nodes.InodeOf(request.Header.Node), forget.Lookups);
        return 0;
    }

    private async ValueTask<int> BatchForgetAsync(FuseRequest request)
    {
        if (!request.TryRead(out FuseBatchForgetRequest batch))
            return 0;
        ReadOnlyMemory<byte> rest = request.Body[Unsafe.SizeOf<FuseBatchForgetRequest>()..];
        for (uint i = 0; i < batch.Count && MemoryMarshal.TryRead(rest.Span, out FuseForgotten forgotten); i++)
        {
            await _nodes.ForgetAsync(_nodes.InodeOf(forgotten.Node), forgotten.Lookups);
            rest = rest[Unsafe.SizeOf<FuseForgotten>()..];
        }

        return 0;
    }

    private InodeNumber InodeOf(in FuseRequest request) => _nodes.InodeOf(request.Header.Node);

    private FuseEntry EntryFor(in InodeAttributes inode)
    {
        (ulong entrySeconds, uint entryNanoseconds) = FuseAttributeFormat.Split(_options.EntryTimeout);
        (ulong seconds, uint nanoseconds) = FuseAttributeFormat.Split(_options.AttributeTimeout);
        return new FuseEntry(
            _nodes.NodeOf(inode.Inode),
            inode.Generation,
            entrySeconds,
            seconds,
            entryNanoseconds,
            nanoseconds,
            FuseAttributeFormat.Encode(inode, _blockSize));
    }

    /// <summary>An answer that leads the kernel to an inode: counted as one lookup.</summary>
    private async ValueTask<int> AnswerEntryAsync(FuseReply reply, Result<InodeAttributes> found)
    {
        if (!found.IsOk)
            return reply.Done(found.Error);
        Errno error = await _nodes.LearnAsync(found.Value.Inode);
        return error == Errno.OK ? reply.Answer(EntryFor(found.Value)) : reply.Done(error);
    }
}
