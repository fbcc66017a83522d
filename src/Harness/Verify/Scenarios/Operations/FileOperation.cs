using Raid5Fs.Primitives;
using Raid5Verify.Cluster;
using Raid5Verify.Reference;
using Raid5Verify.Running;
using Raid5Verify.Scenarios.Yaml;

namespace Raid5Verify.Scenarios.Operations;

/// <summary>
/// A step that asks the file system for something. The reference is asked the same, and both answers must be equal. If the
/// client crashes meanwhile, it was done or not: what is found afterwards says which.
/// </summary>
public abstract record FileOperation : Step
{
    /// <summary>Virtual time that the client lets pass before it asks.</summary>
    [Between(0, 3_600_000)]
    public TimeSpan Think { get; init; }

    /// <summary>Within a section of tasks that ask side by side: which task asks. Without one, a task of its own.</summary>
    public string Task { get; init; } = string.Empty;

    /// <summary>The errno that the author of the scenario expects; without one, whatever the reference answers.</summary>
    public Errno? Expect { get; init; }

    /// <summary>Whether it may change what the files hold; a question does not.</summary>
    internal virtual bool Changes => true;

    /// <summary>Whether all that was done before survives a crash once it has answered OK.</summary>
    internal virtual bool Commits => false;

    /// <summary>Whether it can be done to an open file only.</summary>
    internal virtual bool NeedsOpenFile => false;

    /// <summary>The paths, or names of open files, that it is about; what a symbolic link leads to is none of them.</summary>
    internal IEnumerable<string> Paths
    {
        get
        {
            yield return (string)RecordFields.Of(GetType()).Subject!.Property.GetValue(this)!;
            if (this is Rename rename)
            {
                yield return rename.To;
            }
        }
    }

    /// <summary>Shorter forms of it that a crash in the middle may leave behind, shortest first.</summary>
    /// <param name="block">Bytes a block of the device.</param>
    internal virtual IEnumerable<FileOperation> Parts(long block) => [];

    /// <summary>What was done of it, where it answered that it did less than it was told; null if it cannot do less.</summary>
    /// <param name="count">Bytes that it did.</param>
    internal virtual FileOperation? Shortened(long count) => null;

    /// <summary>This operation with what it leaves open filled in from what the reference holds now.</summary>
    internal virtual FileOperation Against(ReferencePaths reference) => this;

    /// <summary>Does it to the reference.</summary>
    internal abstract Answer ApplyTo(ReferencePaths reference);

    /// <summary>Does it to the system.</summary>
    internal abstract Task<Answer> ApplyToAsync(ClientPaths system);

    internal sealed override async Task ApplyAsync(ScenarioRun run)
    {
        await run.WaitAsync(Think);
        if (await run.AskAsync(this) is { } answer)
        {
            CheckExpected(run, answer);
        }
    }

    /// <summary>The scenario may say what this operation answers.</summary>
    internal void CheckExpected(ScenarioRun run, Answer answer)
    {
        if (Expect is { } wanted && answer.Error != wanted)
        {
            throw run.Violate(Promise.Expectation, wanted.ToString(), answer.ToString(), ToString());
        }
    }
}
