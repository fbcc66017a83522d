using System.IO.Hashing;
using System.Text.Json;
using System.Text.Json.Serialization;
using Raid5Verify.Running;

namespace Raid5Verify.Campaigns;

/// <summary>What a failure bundle says of itself to programs: the content of its <c>bundle.json</c>.</summary>
internal sealed record BundleAbout
{
    /// <summary>Which program found the failure.</summary>
    public required BundleProgram Program { get; init; }

    /// <summary>The promise that was broken, or how the instrument failed.</summary>
    public required string Failure { get; init; }

    /// <summary>The promise's number; 0 for what is no promise of the fault model, null if the instrument failed.</summary>
    public int? Promise { get; init; }

    /// <summary>The profile that the scenario was drawn from; null if it was not.</summary>
    public string? Profile { get; init; }

    /// <summary>What to type to see the original run again without the bundle.</summary>
    public required string Replay { get; init; }

    public required BundleRun Original { get; init; }

    /// <summary>The smallest scenario that was found to fail in the same way; null if none was looked for.</summary>
    public BundleRun? Minimal { get; init; }

    /// <exception cref="JsonException">It is not such a text.</exception>
    public static BundleAbout Parse(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, BundleJson.Default.BundleAbout) ?? throw new JsonException("it is empty");

    public byte[] ToJson() => [.. JsonSerializer.SerializeToUtf8Bytes(this, BundleJson.Default.BundleAbout), (byte)'\n'];
}

/// <summary>A run of a bundle, and its two files.</summary>
internal sealed record BundleRun
{
    public required BundleFile Scenario { get; init; }

    /// <summary>Null if the run is too long to be written down.</summary>
    public BundleFile? Trace { get; init; }

    /// <summary>Steps of the scenario, of all its parts.</summary>
    public required int ScenarioSteps { get; init; }

    public required string Strategy { get; init; }

    /// <summary>Decimal, in quotes: many readers of JSON do not keep 64 bits.</summary>
    public required string Seed { get; init; }

    /// <summary>The trace's hash, 16 hexadecimal digits.</summary>
    public required string Hash { get; init; }

    /// <summary>
    /// The hash that the same scenario had before, when it was run without a trace, if that is another: the harness is not deterministic.
    /// Null if it is the same.
    /// </summary>
    public string? UntracedHash { get; init; }

    public required long Events { get; init; }

    public required double VirtualSeconds { get; init; }

    /// <summary>How it was found; null for the original.</summary>
    public BundleSearch? Search { get; init; }

    /// <summary>Whether it is this run, as it was before it was traced.</summary>
    public bool IsOf(RunResult result) => (UntracedHash ?? Hash) == $"{result.Hash:x16}";
}

/// <summary>How a minimal scenario was found.</summary>
/// <param name="Runs">Runs that it took.</param>
/// <param name="Seconds">Real time that it took.</param>
/// <param name="IsMinimal">Whether nothing can be taken away from it; if not, time was up.</param>
internal sealed record BundleSearch(long Runs, double Seconds, bool IsMinimal);

/// <summary>A file of a bundle.</summary>
/// <param name="Name">Without the folder.</param>
/// <param name="Xxh3">Of its bytes, 16 hexadecimal digits.</param>
internal sealed record BundleFile(string Name, string Xxh3)
{
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static BundleFile Of(string folder, string name) => new(name, SumOf(Path.Combine(folder, name)));

    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static string SumOf(string path)
    {
        using var file = File.OpenRead(path);
        var hash = new XxHash3();
        hash.Append(file);
        return $"{hash.GetCurrentHashAsUInt64():x16}";
    }
}

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BundleAbout))]
internal sealed partial class BundleJson : JsonSerializerContext;
