using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary><c>slice</c>: a part of a file takes the place of the whole.</summary>
internal sealed class Slice() : FileCommand("slice", "PATH OFFSET COUNT", "Keeps COUNT bytes of a file, from OFFSET on, and nothing else")
{
    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        if (!on.TryNumber(given[1], "offset", long.MaxValue, out long offset) || !on.TryNumber(given[2], "count", long.MaxValue, out long count))
        {
            return ExitCode.Usage;
        }

        string path = on.Rooted(given[0]);
        Result<byte[]> content = await FileCopying.ReadAllAsync(on, path);
        if (!content.IsOk)
        {
            return on.End(content.Error, given[0]);
        }

        if (offset > content.Value.Length)
        {
            return on.Terminal.Refuse(Errno.EINVAL, $"{given[0]}: it has {content.Value.Length} bytes, and none from {offset} on");
        }

        byte[] kept = content.Value[(int)offset..(int)Math.Min(content.Value.Length, offset + Math.Min(count, content.Value.Length))];
        return on.End(await FileCopying.ReplaceAsync(on, path, kept), given[0]);
    }
}
