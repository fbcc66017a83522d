namespace Raid5Verify.Cli.Bench;

/// <summary>One measured number, and the one it is held against.</summary>
/// <param name="Name">In snake case: the key in <c>--json</c>.</param>
/// <param name="Value">As measured.</param>
/// <param name="Unit">What it counts.</param>
/// <param name="Target">Null where it only explains another figure.</param>
internal sealed record Figure(string Name, double Value, string Unit, Target? Target = null)
{
    public bool? Held => Target?.HoldsFor(Value);
}

/// <summary>A bound that a figure must keep.</summary>
internal sealed record Target(double Bound, bool IsFloor)
{
    public static Target AtLeast(double bound) => new(bound, IsFloor: true);

    public static Target AtMost(double bound) => new(bound, IsFloor: false);

    public bool HoldsFor(double value) => IsFloor ? value >= Bound : value <= Bound;

    public override string ToString() => $"{(IsFloor ? "≥" : "≤")} {Bound:#,0.##}";
}
