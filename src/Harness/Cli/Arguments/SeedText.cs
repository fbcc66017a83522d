using Raid5Verify.Scenarios.Yaml;

namespace Raid5Verify.Cli.Arguments;

/// <summary>A seed on the command line is written as in a scenario.</summary>
internal static class SeedText
{
    public static bool TryParse(string text, out ulong seed)
    {
        var parsed = ScalarFormat.ParseSeed(text);
        seed = parsed.GetValueOrDefault();
        return parsed is not null;
    }
}
