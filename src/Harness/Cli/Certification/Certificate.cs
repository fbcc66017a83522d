using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Hashing;
using Raid5Verify.Cli.Reports;

namespace Raid5Verify.Cli.Certification;

/// <summary>A configuration that was run.</summary>
/// <param name="Configuration">Which.</param>
/// <param name="Run">What its process made of the seeds.</param>
/// <param name="Elapsed">Real time, the start of the process included.</param>
/// <param name="Model">The first configuration of the same strategy, which this one is compared with; itself if it is that.</param>
/// <param name="FirstDifference">The first seed that is another run than in the model, or is in one of them only; null if there is none.</param>
internal sealed record CertificateRow(
    Configuration Configuration, ChildRun Run, TimeSpan Elapsed, Configuration Model, ulong? FirstDifference)
{
    /// <summary>A hash over all seeds' hashes in their order.</summary>
    public ulong Hash => Certificate.HashOf(Run.Hashes);
}

/// <summary>The same seeds in many configurations, row by row, and one hash over all that they agree on.</summary>
/// <param name="run">Runs the seeds in one configuration.</param>
internal sealed class Certificate(Func<Configuration, ChildRun> run)
{
    private readonly List<CertificateRow> _models = [];

    /// <summary>
    /// A hash of the hashes, a strategy each: the same wherever the same seeds are run by the same version, in however many
    /// configurations.
    /// </summary>
    public ulong Hash
    {
        get
        {
            var hash = new XxHash3();
            Span<byte> bytes = stackalloc byte[8];
            foreach (var model in _models)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, model.Hash);
                hash.Append(bytes);
            }

            return hash.GetCurrentHashAsUInt64();
        }
    }

    /// <summary>Runs one configuration after the other, and compares each with the first of its strategy.</summary>
    /// <param name="configurations">In this order.</param>
    public IEnumerable<CertificateRow> Rows(IEnumerable<Configuration> configurations)
    {
        foreach (var configuration in configurations)
        {
            var began = Stopwatch.GetTimestamp();
            var ran = run(configuration);
            var elapsed = Stopwatch.GetElapsedTime(began);
            var model = _models.Find(first => first.Configuration.Strategy == configuration.Strategy);
            var row = new CertificateRow(
                configuration, ran, elapsed, model?.Configuration ?? configuration, model is null ? null : FirstDifference(model.Run.Hashes, ran.Hashes));
            if (model is null)
            {
                _models.Add(row);
            }

            yield return row;
        }
    }

    internal static ulong HashOf(IReadOnlyList<SeedHash> hashes)
    {
        var hash = new XxHash3();
        Span<byte> bytes = stackalloc byte[16];
        foreach (var seed in hashes)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, seed.Seed);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], seed.Hash);
            hash.Append(bytes);
        }

        return hash.GetCurrentHashAsUInt64();
    }

    private static ulong? FirstDifference(IReadOnlyList<SeedHash> one, IReadOnlyList<SeedHash> other)
    {
        var both = Math.Min(one.Count, other.Count);
        for (var at = 0; at < both; at++)
        {
            if (one[at] != other[at])
            {
                return one[at].Seed;
            }
        }

        return one.Count == other.Count ? null : (one.Count > both ? one : other)[both].Seed;
    }
}
