namespace Raid5Fs.Client.Commands;

/// <summary><c>showblockslice</c>: some bytes of a block.</summary>
internal sealed class ShowBlockSlice() : FileCommand("showblockslice", "BLOCK FROM TO", "Shows the bytes FROM to TO of a block of the array, both included")
{
    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        int last = on.Array.Session.Array.BlockSize - 1;
        if (!on.TryNumber(given[1], "first byte", last, out long from) || !on.TryNumber(given[2], "last byte", last, out long to))
        {
            return ExitCode.Usage;
        }

        if (from > to)
        {
            return on.Terminal.RefuseUsage($"there are no bytes from {from} to {to}");
        }

        return await ShownBlock.ReadAsync(on, given[0]) is { } block
            ? ShownBlock.Show(on, given[0], block, (int)from, (int)to)
            : ExitCode.Refused;
    }
}
