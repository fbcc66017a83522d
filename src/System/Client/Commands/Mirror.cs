using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary><c>mirror</c>: the bytes of a file backwards. It has nothing to do with RAID.</summary>
internal sealed class Mirror() : FileCommand("mirror", "PATH", "Reverses the order of a file's bytes")
{
    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        string path = on.Rooted(given[0]);
        Result<byte[]> content = await FileCopying.ReadAllAsync(on, path);
        if (!content.IsOk)
        {
            return on.End(content.Error, given[0]);
        }

        Array.Reverse(content.Value);
        return on.End(await FileCopying.ReplaceAsync(on, path, content.Value), given[0]);
    }
}
