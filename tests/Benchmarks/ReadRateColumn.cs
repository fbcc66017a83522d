using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Raid5Fs.Benchmarks;

/// <summary>How many blocks each call of each benchmark of this class reads.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ReadsBlocksAttribute(int count) : Attribute
{
    public int Count { get; } = count;
}

/// <summary>
/// Bytes of sources read a second, by the median, in units of 10^9: what is written, and what is read again on the way,
/// does not count, so that different ways to the same result compare.
/// </summary>
internal sealed class ReadRateColumn : IColumn
{
    public string Id => nameof(ReadRateColumn);

    public string ColumnName => "Read [GB/s]";

    public string Legend => "Bytes of sources read a second, by the median (1 GB = 10^9 bytes)";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        if (summary[benchmarkCase]?.ResultStatistics is not { } statistics)
        {
            return "NA";
        }

        if (benchmarkCase.Descriptor.Type.GetCustomAttributes(typeof(ReadsBlocksAttribute), inherit: false)
            .Cast<ReadsBlocksAttribute>().SingleOrDefault()?.Count is not { } blocks)
        {
            return "-";
        }

        int blockSize = (int)benchmarkCase.Parameters[nameof(XorBenchmarks.BlockSize)];

        // Bytes a nanosecond are GB a second.
        return $"{blocks * (double)blockSize / statistics.Median:0.0}";
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) =>
        GetValue(summary, benchmarkCase);

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;
}
