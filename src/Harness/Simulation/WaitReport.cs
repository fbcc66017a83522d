using System.Globalization;
using System.Reflection;
using System.Text;

namespace Raid5Verify.Simulation;

/// <summary>
/// Says who waits for what when nothing moves any more: for every unfinished task the chain of async methods down to
/// what the innermost one awaits, then open calls and paused hosts.
/// </summary>
/// <remarks>
/// The chain is read from the runtime's own state machines by reflection: their awaiter fields lead from each method
/// to the one it awaits. It is a report for people, best effort; nothing depends on it.
/// </remarks>
internal static class WaitReport
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
    private const int MaxDepth = 40;

    /// <returns>Lines, each after a line break.</returns>
    internal static string Of(World world)
    {
        var report = new StringBuilder();
        foreach (var host in world.Hosts)
        {
            if (host.IsPaused)
            {
                report.Append(CultureInfo.InvariantCulture, $"\n  {host.Name} is paused with {host.Parked.Count} steps waiting");
            }

            if (host.Life is { IsDead: false } life)
            {
                foreach (var task in life.Unfinished)
                {
                    report.Append(CultureInfo.InvariantCulture, $"\n  {task.Name} waits: {Chain(task.Running)}");
                }
            }
        }

        foreach (var call in world.Network.OpenCalls)
        {
            report.Append(CultureInfo.InvariantCulture, $"\n  {call} has no answer");
        }

        return report.ToString();
    }

    private static string Chain(Task? task)
    {
        var names = new List<string>();
        for (var depth = 0; task is not null && depth < MaxDepth; depth++)
        {
            var machine = StateMachineOf(task);
            if (machine is null)
            {
                names.Add(Name(task.GetType()));
                break;
            }

            names.Add(Name(machine.GetType()));
            task = AwaitedBy(machine);
        }

        return names.Count == 0 ? "not begun" : string.Join(" → ", names);
    }

    private static object? StateMachineOf(Task task) => task.GetType().GetField("StateMachine", Fields)?.GetValue(task);

    /// <summary>The unfinished task among the machine's awaiters: the one that the method is suspended at.</summary>
    private static Task? AwaitedBy(object machine) => machine.GetType().GetFields(Fields)
        .Where(static field => field.Name.StartsWith("<>u__", StringComparison.Ordinal))
        .Select(field => TaskIn(field.GetValue(machine), 0))
        .FirstOrDefault(static task => task is { IsCompleted: false });

    private static Task? TaskIn(object? awaiter, int depth) => awaiter switch
    {
        Task task => task,
        null => null,
        _ when depth > 3 => null,
        _ => awaiter.GetType().GetFields(Fields)
            .Where(static field => !field.FieldType.IsPrimitive)
            .Select(field => TaskIn(field.GetValue(awaiter), depth + 1))
            .FirstOrDefault(static task => task is not null),
    };

    private static string Name(Type type)
    {
        // An async method's machine is nested in its class and named <Method>d__N.
        var end = type.Name.IndexOf('>', StringComparison.Ordinal);
        return type.Name.StartsWith('<') && end > 1
            ? $"{type.DeclaringType?.Name}.{type.Name[1..end]}"
            : type.Name.Split('`')[0];
    }
}
