using System.Globalization;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary><c>stat</c>: what an inode tells of itself.</summary>
internal sealed class Stat() : FileCommand("stat", "PATH…", "Shows the attributes of files; of a symbolic link its own")
{
    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        foreach (string path in given.Words)
        {
            Result<InodeAttributes> found = await on.OnPathsAsync(paths => paths.GetLinkAttributesAsync(on.Rooted(path)));
            if (!found.IsOk)
            {
                return on.End(found.Error, path);
            }

            var described = InodeDescription.Of(found.Value);
            on.Terminal.Say(described, to =>
            {
                to.WriteLine($"path         {path}");
                described.Write(to);
            });
        }

        return ExitCode.Done;
    }
}

/// <summary>An inode for a person and as JSON.</summary>
internal sealed record InodeDescription(
    uint Inode,
    string Type,
    int Links,
    long Size,
    long Blocks,
    string Permissions,
    uint User,
    uint Group,
    string? Device,
    DateTimeOffset Accessed,
    DateTimeOffset Modified,
    DateTimeOffset Changed)
{
    public static InodeDescription Of(InodeAttributes inode) => new(
        inode.Inode.Value,
        inode.Type.ToString(),
        inode.LinkCount,
        inode.Size,
        inode.Blocks,
        inode.Owner.Permissions.ToString(),
        inode.Owner.User,
        inode.Owner.Group,
        inode.Type is FileType.CharacterDevice or FileType.BlockDevice ? inode.Device.ToString() : null,
        Time(inode.AccessTime),
        Time(inode.ModifyTime),
        Time(inode.ChangeTime));

    public void Write(TextWriter to)
    {
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"inode        {Inode}"));
        to.WriteLine($"type         {Type}");
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"links        {Links}"));
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"size         {Size} bytes in {Blocks} blocks"));
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"permissions  {Permissions}, user {User}, group {Group}"));
        if (Device is not null)
        {
            to.WriteLine($"device       {Device}");
        }

        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"accessed     {Accessed:yyyy-MM-dd HH:mm:ss.fffffff}"));
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"modified     {Modified:yyyy-MM-dd HH:mm:ss.fffffff}"));
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"changed      {Changed:yyyy-MM-dd HH:mm:ss.fffffff}"));
    }

    private static DateTimeOffset Time(Timestamp time) =>
        DateTimeOffset.UnixEpoch.AddTicks(time.Nanoseconds / TimeSpan.NanosecondsPerTick);
}
