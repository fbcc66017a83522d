namespace Raid5Verify.Cli.Scoring;

/// <summary>What the search for one mutant may take.</summary>
/// <param name="Profile">What scenarios are drawn.</param>
/// <param name="Seeds">Runs.</param>
/// <param name="Time">Of its process, on the clock.</param>
/// <param name="MemoryBytes">Of its process's heap.</param>
/// <param name="Shrinking">How long to make the failing run small; zero for not at all.</param>
internal sealed record MutantLimits(string Profile, long Seeds, TimeSpan Time, long MemoryBytes, TimeSpan Shrinking);
