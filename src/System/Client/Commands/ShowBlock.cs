using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary><c>showblock</c>: the bytes of a block of the array.</summary>
internal sealed class ShowBlock() : FileCommand("showblock", "BLOCK", "Shows the bytes of a block of the array")
{
    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given) =>
        await ShownBlock.ReadAsync(on, given[0]) is { } block ? ShownBlock.Show(on, given[0], block, 0, block.Length - 1) : ExitCode.Refused;
}
