using FsCheck.Xunit;

namespace Raid5Verify.Simulation.Tests.Scheduling;

public sealed class ReadyListTests
{
    /// <summary>A non-negative number adds a step; a negative one takes a step from the middle.</summary>
    [Property(MaxTest = 300)]
    public bool Steps_stay_in_order_whichever_is_taken(sbyte[] actions)
    {
        var ready = new ReadyList();
        var model = new List<int>();
        var next = 0;
        foreach (var action in actions)
        {
            if (action >= 0)
            {
                ready.Add(new Step(static _ => { }, next, null!, null!, 0));
                model.Add(next++);
            }
            else if (model.Count > 0)
            {
                var index = -action % model.Count;
                if ((int)ready.TakeAt(index).State! != model[index])
                {
                    return false;
                }

                model.RemoveAt(index);
            }
        }

        return model.Select((value, index) => (int)ready[index].State! == value).All(static same => same)
            && ready.Count == model.Count;
    }
}
