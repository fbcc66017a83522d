using Raid5Verify.Generation;

namespace Raid5Verify.Scenarios.Control;

/// <summary>Has the array verify every row, and mend what it finds.</summary>
public sealed record Scrub : Step
{
    internal static Scrub Draw(Draft draft) => new();
}
