using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Raid5Fs.Primitives;

/// <summary>
/// Work under way at the same time that is waited for together: <see cref="Task.WhenAll(Task[])"/> without a task for each.
/// </summary>
internal sealed class TaskGroup(int capacity)
{
    private readonly List<ValueTask> _begun = new(capacity);

    /// <param name="begun">Awaited by nobody else.</param>
    public void Add(ValueTask begun) => _begun.Add(begun);

    /// <summary>Ends when all of them have. Called once.</summary>
    /// <exception cref="Exception">That of the first that failed; a cancellation only where none failed otherwise.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WhenAllAsync()
    {
        ExceptionDispatchInfo? failure = null;
        foreach (ValueTask one in _begun)
        {
            try
            {
                await one;
            }
            catch (Exception thrown)
            {
                if (failure is null or { SourceException: OperationCanceledException })
                {
                    failure = ExceptionDispatchInfo.Capture(thrown);
                }
            }
        }

        failure?.Throw();
    }
}
