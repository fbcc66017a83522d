using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Perfolizer.Horology;
using Raid5Fs.Benchmarks;

// On a busy machine the default job would go on for a hundred iterations of half a second each.
Job bounded = Job.Default
    .WithIterationTime(TimeInterval.FromMilliseconds(100))
    .WithMaxIterationCount(30)
    .AsMutator();

IConfig config = DefaultConfig.Instance
    .AddJob(bounded)
    .AddColumn(StatisticColumn.Median, new ReadRateColumn())
    .AddDiagnoser(MemoryDiagnoser.Default)
    .HideColumns(Column.Error, Column.StdDev, Column.RatioSD)
    .WithArtifactsPath("artifacts/benchmarks");

Summary[] summaries = BenchmarkRunner.Run(typeof(XorBenchmarks).Assembly, config, args);
return summaries.Length > 0 && summaries.All(summary => summary.Reports.All(report => report.Success)) ? 0 : 1;
