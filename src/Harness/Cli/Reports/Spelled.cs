using System.Globalization;
using Raid5Verify.Running;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Simulation;

namespace Raid5Verify.Cli.Reports;

/// <summary>Values as the command line, the database and the reports spell them.</summary>
internal static class Spelled
{
    /// <returns>Null for those that take turns.</returns>
    public static string? Of(StrategyKind? strategy) => strategy is { } kind ? Of(kind) : null;

    public static string Of(StrategyKind strategy) => KebabCase.Of(strategy.ToString());

    /// <returns><c>held</c>, <c>broken</c> or <c>harness-failed</c>.</returns>
    public static string Of(RunOutcome outcome) => KebabCase.Of(outcome.ToString());

    /// <returns>UTC, to the second; texts are in the order of their times.</returns>
    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
