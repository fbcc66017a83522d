using Raid5Fs.Client.Reports;
using Raid5Fs.Primitives;
using Raid5Fs.Raid;

namespace Raid5Fs.Client.Commands;

/// <summary><c>showphysicalblock</c>: what one server holds, whatever the others say.</summary>
internal sealed class ShowPhysicalBlock() : FileCommand("showphysicalblock", "SERVER ROW", "Shows the bytes that one server holds in a row: data or parity")
{
    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        Raid5Array array = on.Array.Session.Array;
        if (!on.TryNumber(given[0], "server", on.Array.Session.Channels.Members.Count - 1, out long server)
            || !on.TryNumber(given[1], "row", array.Rows - 1, out long row))
        {
            return ExitCode.Usage;
        }

        var (member, place) = (new MemberIndex((int)server), new Row(row));
        Errno error = await on.SyncAsync();
        Result<ReadOnlyMemory<byte>> unit = error == Errno.OK ? await on.Volume.RunAsync(() => array.ReadUnitAsync(member, place)) : error;
        if (!unit.IsOk)
        {
            return on.Terminal.Refuse(unit.Error, $"server {server}, row {row}: {(unit.Error == Errno.EIO ? "the block is bad there, or the server is away" : ErrnoText.Of(unit.Error))}");
        }

        if (!on.Terminal.IsJson)
        {
            on.Out.WriteLine(array.BlockAt(member, place) is { } block ? $"block {block.Value}" : "parity");
        }

        return ShownBlock.Show(on, $"{server}/{row}", unit.Value, 0, unit.Value.Length - 1);
    }
}
