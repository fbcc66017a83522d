using System.Globalization;
using System.Text;

namespace Raid5Verify.Simulation;

/// <summary>One thing that happened in a simulated world.</summary>
/// <param name="Seq">Its number in the run, from 0.</param>
/// <param name="TimeNs">Virtual time in nanoseconds since the start.</param>
/// <param name="Host">The host it happened on, or null for the world itself.</param>
/// <param name="Task">The strand of continuations it belongs to; 0 is none.</param>
/// <param name="Cause">The event that made this one possible; −1 is none.</param>
/// <param name="Kind">What happened, and what the following fields mean.</param>
/// <param name="Subject">See <see cref="TraceKind.Subject"/>.</param>
/// <param name="Detail">See <see cref="TraceKind.Detail"/>.</param>
/// <param name="A">See <see cref="TraceKind.A"/>.</param>
/// <param name="B">See <see cref="TraceKind.B"/>.</param>
/// <param name="C">See <see cref="TraceKind.C"/>.</param>
public readonly record struct TraceEvent(
    long Seq,
    long TimeNs,
    Host? Host,
    int Task,
    long Cause,
    TraceKind Kind,
    Label? Subject,
    Label? Detail,
    long A,
    long B,
    long C)
{
    /// <summary>The event on one line, for a person.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"#{Seq} {TimeNs / 1e6:F6} ms {Host?.Name ?? "world"}");
        if (Task != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" task {Task}");
        }

        text.Append(CultureInfo.InvariantCulture, $" {Kind.Name}");
        Append(Kind.Subject, Subject?.Text);
        Append(Kind.Detail, Detail?.Text);
        Append(Kind.A, A.ToString(CultureInfo.InvariantCulture));
        Append(Kind.B, B.ToString(CultureInfo.InvariantCulture));
        Append(Kind.C, C.ToString(CultureInfo.InvariantCulture));
        return text.ToString();

        void Append(string? name, string? value)
        {
            if (name is not null && value is not null)
            {
                text.Append(CultureInfo.InvariantCulture, $" {name}={value}");
            }
        }
    }
}
