using Raid5Fs.Primitives;
using Raid5Verify.Generation;
using Raid5Verify.Running;

namespace Raid5Verify.Scenarios.Control;

/// <summary>Unmounts the file system and mounts it again: nothing is in the client's cache afterwards.</summary>
public sealed record Remount : Step
{
    internal static Remount Draw(Draft draft) => new();

    internal override async Task ApplyAsync(ScenarioRun run)
    {
        // If the client ends meanwhile, its successor mounts anew: that is a remount too.
        Attempt<Errno> unmounted = await run.UnmountAsync();
        Attempt<Errno> mounted = unmounted.Is(Errno.OK)
            ? await run.OnClientAsync("mount", client => client.Files is null ? run.Cluster.MountAsync(client) : Task.FromResult(Errno.OK))
            : unmounted;
        if (mounted.IsAnswered && mounted.Value != Errno.OK)
        {
            run.Refused(mounted.Value);
        }
    }
}
