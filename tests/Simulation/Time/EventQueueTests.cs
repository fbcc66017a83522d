using FsCheck.Xunit;

namespace Raid5Verify.Simulation.Tests.Time;

public sealed class EventQueueTests
{
    /// <summary>A non-negative number adds an event due then; a negative one removes the event added that many back.</summary>
    [Property(MaxTest = 300)]
    public bool Events_leave_by_due_time_and_then_by_arrival_whatever_was_removed(sbyte[] actions)
    {
        var queue = new EventQueue();
        var added = new List<Event>();
        var expected = new List<(long Due, int Arrival)>();
        foreach (var action in actions)
        {
            if (action >= 0)
            {
                var item = new Event(added.Count);
                added.Add(item);
                queue.Add(item, action);
                expected.Add((action, item.Arrival));
            }
            else if (added.Count + action >= 0)
            {
                var victim = added[added.Count + action];
                queue.Remove(victim);
                expected.RemoveAll(e => e.Arrival == victim.Arrival);
            }
        }

        expected.Sort();
        var left = new List<(long Due, int Arrival)>();
        while (queue.Count > 0)
        {
            var dueNs = queue.NextDueNs;
            left.Add((dueNs, ((Event)queue.Take()).Arrival));
        }

        return left.SequenceEqual(expected) && added.TrueForAll(item => !item.IsScheduled);
    }

    private sealed class Event(int arrival) : TimedEvent
    {
        internal int Arrival => arrival;

        internal override void Fire()
        {
        }
    }
}
