namespace Raid5Fs.FileSystem;

/// <summary>Lets one operation at a time in, in the order in which they came.</summary>
/// <remarks>For one executor: it keeps operations apart across their awaits, not threads.</remarks>
internal sealed class OperationLock
{
    private readonly Queue<TaskCompletionSource<Turn>> _waiting = [];
    private bool _isTaken;

    /// <summary>Waits for the turn; disposing what it returns ends the turn.</summary>
    public ValueTask<Turn> EnterAsync()
    {
        if (!_isTaken)
        {
            _isTaken = true;
            return new(new Turn(this));
        }

        var place = new TaskCompletionSource<Turn>();
        _waiting.Enqueue(place);
        return new(place.Task);
    }

    private void Leave()
    {
        if (_waiting.TryDequeue(out TaskCompletionSource<Turn>? next))
            next.SetResult(new Turn(this));
        else
            _isTaken = false;
    }

    internal readonly struct Turn(OperationLock owner) : IDisposable
    {
        public void Dispose() => owner.Leave();
    }
}
