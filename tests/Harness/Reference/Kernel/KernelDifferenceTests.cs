using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Verify.Reference;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Operations;
using Xunit.Abstractions;

namespace Raid5Verify.Tests.Reference.Kernel;

/// <summary>
/// The judge of the judge: the same operations on the reference and, by system calls, in a folder of each real file system
/// that this machine has at hand. Errno, bytes, names and all attributes must be equal.
/// </summary>
public sealed class KernelDifferenceTests(ITestOutputHelper output)
{
    private const int Histories = 125;
    private const int Length = 200;
    private const int OperationsBetweenRests = 50;

    private static readonly string[] OfAttributes = [nameof(Setxattr), nameof(Getxattr), nameof(Listxattr), nameof(Removexattr)];

    private static readonly TimeSpan KernelTick = TimeSpan.FromMilliseconds(10);

    /// <summary>A folder on a disk, and one in memory where there is one.</summary>
    public static TheoryData<string> Folders =>
        [.. new[] { Path.GetTempPath().TrimEnd('/'), "/dev/shm" }.Where(Directory.Exists)];

    [Theory]
    [MemberData(nameof(Folders))]
    public void The_reference_answers_what_the_kernel_answers(string folder)
    {
        bool withAttributes;
        bool isOpenToAll;
        using (var probe = new KernelFolder(folder))
        {
            withAttributes = probe.KeepsAttributes;
            isOpenToAll = LinuxCalls.IsSuperuser && probe.IsOpenToAll;
        }

        var tally = new SortedDictionary<string, (int Asked, int Done)>(StringComparer.Ordinal);
        for (int seed = 1; seed <= Histories; seed++)
        {
            List<FileOperation> history = new HistoryDice(seed, withAttributes, isOpenToAll).Draw(Length);
            if (FirstDifference(folder, history, tally) is not null)
            {
                Assert.Fail(Describe(folder, seed, Shorten(folder, history)));
            }
        }

        output.WriteLine($"{Histories * Length:N0} operations on {LinuxCalls.FileSystemOf(folder)}, no difference; those that answered OK:");
        foreach ((string kind, (int asked, int done)) in tally)
        {
            output.WriteLine($"  {kind,-9} {done,6:N0} of {asked,6:N0}");
            Assert.True(done >= asked / 10, $"only {done} of {asked} operations of the kind {kind} answered OK: the histories say little");
        }

        // What the machine's file system has left is its own business; the others are many of what is asked one by one.
        string[] notAsked = [nameof(Statfs), nameof(Populate), nameof(Extents), .. withAttributes ? [] : OfAttributes, .. LinuxCalls.IsSuperuser ? (string[])[] : [nameof(Chown)], .. isOpenToAll ? (string[])[] : [nameof(Access)]];
        Assert.Equal(StepCatalogue.Operations.Select(kind => kind.Type.Name).Except(notAsked).Order(), tally.Keys.Order());
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Forty_symbolic_links_are_followed_and_no_more(string folder)
    {
        List<FileOperation> history = [new Create { Path = "/0" }];
        for (int link = 1; link <= 41; link++)
        {
            history.Add(new Symlink { Path = $"/{link}", Target = $"{link - 1}" });
        }

        history.AddRange([new Stat { Path = "/40" }, new Stat { Path = "/41" }, new Lstat { Path = "/41" }, new Readlink { Path = "/41" }]);

        Assert.Null(FirstDifference(folder, history));
    }

    /// <summary>Does a history on both sides, from an empty folder on, up to the first difference.</summary>
    private static Difference? FirstDifference(
        string parent, IReadOnlyList<FileOperation> history, SortedDictionary<string, (int Asked, int Done)>? tally = null)
    {
        using var kernel = new KernelFolder(parent);
        var clock = new ReferenceClock();
        var files = new ReferenceFileSystem(ReferenceLimits.Linux, clock);
        var reference = new ReferencePaths(files);
        for (int i = 0; i < history.Count; i++)
        {
            FileOperation operation = history[i];
            if (i % OperationsBetweenRests == 0)
            {
                // Else all that happened might have happened at one time.
                Thread.Sleep(KernelTick);
            }

            Timestamp begun = Timestamp.Now(TimeProvider.System);
            Answer expected = kernel.Apply(operation);
            clock[i] = Between(begun, Timestamp.Now(TimeProvider.System));
            files.Operation = i;
            Answer actual = operation.ApplyTo(reference);
            if (actual != expected && !PermittedDifferences.Permit(operation, actual, expected))
            {
                return new Difference(operation, actual, expected);
            }

            if (tally is not null)
            {
                (int asked, int done) = tally.GetValueOrDefault(operation.GetType().Name);
                tally[operation.GetType().Name] = (asked + 1, done + (expected.Error == Errno.OK ? 1 : 0));
            }
        }

        return null;
    }

    /// <summary>The kernel's times are as old as its last tick, and finer than .NET's.</summary>
    private static TimeRange Between(Timestamp begun, Timestamp ended) => new(
        new Timestamp(begun.Nanoseconds - (KernelTick.Ticks * TimeSpan.NanosecondsPerTick)),
        new Timestamp(ended.Nanoseconds + TimeSpan.NanosecondsPerTick));

    /// <summary>The history without the operations that its difference does not need.</summary>
    private static List<FileOperation> Shorten(string folder, List<FileOperation> history)
    {
        for (int i = history.Count - 1; i >= 0; i--)
        {
            List<FileOperation> without = [.. history[..i], .. history[(i + 1)..]];
            if (FirstDifference(folder, without) is not null)
            {
                history = without;
            }
        }

        return history;
    }

    private static string Describe(string folder, int seed, List<FileOperation> history)
    {
        Difference found = FirstDifference(folder, history)!;
        return $"""
            history {seed} on {LinuxCalls.FileSystemOf(folder)}:
              {string.Join("\n  ", history)}
            {found.Operation}
              the kernel answers    {found.Kernel.DescribeAgainst(found.Reference)}
              the reference answers {found.Reference.DescribeAgainst(found.Kernel)}
            """;
    }

    private sealed record Difference(FileOperation Operation, Answer Reference, Answer Kernel);
}
