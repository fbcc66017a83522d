using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Verify.Reference;
using Raid5Verify.Running;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>
/// A step that asks the file system for something. The reference is asked the same, and both answers must be equal.
/// </summary>
public abstract record FileOperation : Step
{
    /// <summary>Virtual time that the client lets pass before it asks.</summary>
    [Between(0, 3_600_000)]
    public TimeSpan Think { get; init; }

    /// <summary>The errno that the author of the scenario expects; without one, whatever the reference answers.</summary>
    public Errno? Expect { get; init; }

    /// <summary>This operation with what it leaves open filled in from what the reference holds now.</summary>
    internal virtual FileOperation Against(ReferencePaths reference) => this;

    /// <summary>Does it to the reference.</summary>
    internal abstract Answer ApplyTo(ReferencePaths reference);

    /// <summary>Does it to the system.</summary>
    internal abstract Task<Answer> ApplyToAsync(PathOperations system);

    internal sealed override async Task ApplyAsync(ScenarioRun run)
    {
        await run.WaitAsync(Think);
        FileOperation asked = Against(run.Reference);
        Answer expected = asked.ApplyTo(run.Reference);
        Answer actual = await run.OnClientAsync(StepKind.TagOf(GetType()), () => asked.ApplyToAsync(run.Cluster.Paths));
        run.Statistics.CountAnswer(actual.Error);
        if (actual != expected)
        {
            throw run.Violate(PromiseBrokenBy(expected, actual), expected.DescribeAgainst(actual), actual.DescribeAgainst(expected));
        }

        if (Expect is { } wanted && actual.Error != wanted)
        {
            throw run.Violate(Promise.Expectation, wanted.ToString(), actual.ToString());
        }
    }

    /// <summary>An error that should not be is a loss; wrong bytes are worse; anything else is not POSIX.</summary>
    private static Promise PromiseBrokenBy(Answer expected, Answer actual) =>
        actual.Error is Errno.EIO or Errno.EROFS or Errno.EUCLEAN ? Promise.NoLoss
        : actual.Error == Errno.OK && expected.Error == Errno.OK && !actual.Bytes.Span.SequenceEqual(expected.Bytes.Span) ? Promise.NeverWrong
        : Promise.Posix;
}
