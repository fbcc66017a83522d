using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Raid5Fs.Benchmarks;

IConfig config = DefaultConfig.Instance
    .AddColumn(StatisticColumn.Median, new ReadRateColumn())
    .AddDiagnoser(MemoryDiagnoser.Default)
    .HideColumns(Column.Error, Column.StdDev, Column.RatioSD)
    .WithArtifactsPath("artifacts/benchmarks");

Summary[] summaries = BenchmarkRunner.Run(typeof(XorBenchmarks).Assembly, config, args);
return summaries.Length > 0 && summaries.All(summary => summary.Reports.All(report => report.Success)) ? 0 : 1;
