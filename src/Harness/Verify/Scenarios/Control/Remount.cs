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
        Errno error = await run.OnClientAsync("remount", async () =>
        {
            Errno unmounted = await run.Cluster.Files.UnmountAsync();
            return unmounted == Errno.OK ? await run.Cluster.MountAsync() : unmounted;
        });
        if (error != Errno.OK)
        {
            throw run.Violate(Promise.NoLoss, Errno.OK.ToString(), error.ToString());
        }
    }
}
