namespace Raid5Verify.Simulation;

/// <summary><see cref="StrategyKind.ClogHosts"/>.</summary>
/// <remarks>A turn begins with the first packet that is sent after the last turn's end: while nothing is sent, there is nothing to hold.</remarks>
/// <param name="dice">Its own.</param>
/// <param name="hosts">Those of the world, as they come to be.</param>
/// <param name="longest">The longest turn.</param>
internal sealed class ClogHostsStrategy(Dice dice, IReadOnlyList<Host> hosts, TimeSpan longest) : Strategy
{
    private readonly Queue<Host> _round = [];
    private Host? _clogged;
    private long _endNs;

    internal override int Pick(ReadyList ready) => Any(ready, dice);

    internal override long HoldNs(Packet packet, long nowNs)
    {
        if (nowNs >= _endNs)
        {
            BeginTurn(nowNs);
        }

        return packet.From == _clogged || packet.To == _clogged ? _endNs - nowNs : 0;
    }

    private void BeginTurn(long nowNs)
    {
        if (_round.Count == 0)
        {
            var serving = hosts.Where(static host => host.Serves).ToArray();
            dice.Shuffle(serving);
            Array.ForEach(serving, _round.Enqueue);
        }

        _clogged = _round.TryDequeue(out var next) ? next : null;
        _endNs = nowNs + VirtualTime.ToNs(dice.Between(TimeSpan.Zero, longest));
    }
}
