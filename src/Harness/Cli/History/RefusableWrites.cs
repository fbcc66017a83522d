using Microsoft.Data.Sqlite;

namespace Raid5Verify.Cli.History;

/// <summary>Writes to a campaign's database, up to the first that is refused: what comes after a gap would say too little.</summary>
/// <param name="onRefusal">Told of it, on the thread that wrote.</param>
/// <remarks>Thread-safe: one write at a time.</remarks>
internal sealed class RefusableWrites(Action onRefusal)
{
    private readonly Lock _gate = new();
    private string? _refusal;

    /// <summary>Why not all could be written, in one line; null as long as all could.</summary>
    public string? Refusal
    {
        get
        {
            lock (_gate)
            {
                return _refusal;
            }
        }
    }

    /// <summary>Writes, unless a write was refused before.</summary>
    public void Try(Action write)
    {
        lock (_gate)
        {
            if (_refusal is not null)
            {
                return;
            }

            try
            {
                write();
            }
            catch (SqliteException refused)
            {
                _refusal = CampaignDatabase.Problem(refused);
                onRefusal();
            }
        }
    }
}
