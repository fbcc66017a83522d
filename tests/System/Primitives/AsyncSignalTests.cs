using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.Primitives;

public sealed class AsyncSignalTests
{
    [Fact]
    public void Any_number_of_sets_before_a_wait_count_as_one()
    {
        var signal = new AsyncSignal();
        signal.Set();
        signal.Set();
        Assert.True(signal.WaitAsync().IsCompleted);
        Assert.False(signal.WaitAsync().IsCompleted);
    }

    [Fact]
    public void A_set_wakes_the_one_who_waits()
    {
        var signal = new AsyncSignal();
        Task wait = signal.WaitAsync();
        Assert.False(wait.IsCompleted);
        signal.Set();
        Assert.True(wait.IsCompleted);
        Assert.False(signal.WaitAsync().IsCompleted);
    }
}
