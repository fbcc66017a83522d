namespace Raid5Fs.Client.Connection;

/// <summary>Dice whose first draw is a name that somebody chose: the one by which the client of an array claims it.</summary>
internal sealed class NamedClientDice(ulong client) : Random
{
    private ulong? _client = client;

    public override long NextInt64()
    {
        long drawn = _client is { } name ? (long)name : base.NextInt64();
        _client = null;
        return drawn;
    }
}
