using Raid5Fs.Primitives;

namespace Raid5Fs.FileSystem;

/// <summary>
/// Who may be at work at the same time: those who only look, with each other and with a commit; one that changes something, alone.
/// </summary>
/// <remarks>
/// <para>For one executor: it keeps operations apart across their awaits, not threads. Who comes first is served first; but a look that
/// takes no more than a moment waits for nobody who waits.</para>
/// <para>Changes and commits take turns; a change also waits until nobody looks, and keeps it so. A commit does not: it writes what
/// nobody changes.</para>
/// </remarks>
internal sealed class OperationLock
{
    private readonly SharedLock _turns = new();
    private readonly SharedLock _looks = new();

    /// <summary>Waits until nothing is being changed; disposing what it returns ends the look.</summary>
    public ValueTask<SharedLock.Share> LookAsync() => _looks.EnterSharedAsync();

    /// <summary>As above, for a look that awaits nothing and so is in nobody's way.</summary>
    public ValueTask<SharedLock.Share> GlanceAsync() => _looks.IsExclusive ? LookAsync() : default;

    /// <summary>Waits for the turn among changes and commits.</summary>
    public ValueTask<SharedLock.Exclusive> TakeTurnAsync() => _turns.EnterAsync();

    /// <summary>Waits until nobody looks. The caller has the turn.</summary>
    public ValueTask<SharedLock.Exclusive> BeAloneAsync() => _looks.EnterAsync();
}
