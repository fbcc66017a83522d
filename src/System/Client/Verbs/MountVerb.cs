using System.CommandLine;
using Raid5Fs.Client.Connection;
using Raid5Fs.Client.Mount;
using Raid5Fs.Fuse;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Verbs;

/// <summary><c>mount</c>: the file system as a folder of this machine, until it is taken away.</summary>
internal static class MountVerb
{
    private const int MinThreads = 2;
    private const int MaxThreads = 8;

    public static Command Create(VerbFrame frame)
    {
        var folder = new Argument<string>("DIR") { Description = "Where: a folder" };
        var isReadOnly = new Option<bool>("--read-only") { Description = "Refuse all changes" };
        var allowsOthers = new Option<bool>("--allow-other")
        {
            Description = "Other users may use it, too, as far as permissions go; as root that is always so",
        };
        var verb = new Command(
            "mount",
            "Mounts the file system by FUSE, and serves it until it is unmounted: umount DIR, Ctrl-C or SIGTERM; a second signal unmounts it though it is in use.")
        {
            folder, isReadOnly, allowsOthers,
        };
        verb.SetAction(async (parsed, _) =>
        {
            string path = Path.GetFullPath(parsed.GetValue(folder)!);
            var settings = new MountSettings(path)
            {
                IsReadOnly = parsed.GetValue(isReadOnly),
                AllowsOthers = parsed.GetValue(allowsOthers),
            };
            return frame.End(Directory.Exists(path)
                ? await frame.WithArrayAsync(
                    parsed, frame.Terminal(parsed).Error, array => RunAsync(array, settings, frame.Terminal(parsed)))
                : frame.Terminal(parsed).Refuse(Errno.ENOENT, $"{path}: there is no such folder"));
        });
        return verb;
    }

    private static async Task<ExitCode> RunAsync(OwnedArray array, MountSettings settings, Terminal terminal)
    {
        Result<MountedVolume> opened = await MountedVolume.MountAsync(array.Session);
        if (!opened.IsOk)
            return terminal.Refuse(opened.Error, "the file system cannot be mounted: mkfs makes one, fsck repairs it");
        await using MountedVolume volume = opened.Value;
        using MountPoint? point = MountPoint.Open(settings, out string? complaint);
        if (point is null)
            return terminal.Refuse(Errno.EINVAL, complaint!);

        var dispatcher = new FuseDispatcher(volume.Files, new FuseOptions());
        Task served = FuseServer.ServeAsync(
            point.Device, dispatcher, array.Session.RunAsync, Math.Clamp(Environment.ProcessorCount, MinThreads, MaxThreads));
        terminal.Say(new { mounted = settings.Folder }, to => to.WriteLine($"mounted on {settings.Folder}"));
        terminal.Out.Flush();
        await WaitForEndAsync(served, volume, point, settings.Folder, terminal);
        Errno error = await volume.UnmountAsync();
        return error == Errno.OK ? ExitCode.Done : terminal.Refuse(error, "the last changes could not be kept");
    }

    /// <summary>The first signal commits and unmounts, unless somebody uses the mount: then it waits for that to end, or for the second.</summary>
    private static async Task WaitForEndAsync(
        Task served, MountedVolume volume, MountPoint point, string folder, Terminal terminal)
    {
        using (Interruption.Watch first = terminal.Interruption.Begin())
            await WaitAsync(served, first.Token);
        if (!served.IsCompleted)
        {
            using Interruption.Watch second = terminal.Interruption.Begin();
            await volume.RunAsync(() => volume.Files.SyncAsync(volume.Files.Root));
            while (!served.IsCompleted && !second.Token.IsCancellationRequested && !point.TryUnmount(isForced: false))
            {
                terminal.Error.WriteLine($"{Terminal.ProgramName}: EBUSY: {folder} is in use; a second signal unmounts it all the same");
                await WaitAsync(served, second.Token);
            }

            await WaitAsync(served, second.Token);
            if (!served.IsCompleted)
                point.TryUnmount(isForced: true);
        }

        await served;
    }

    private static async Task WaitAsync(Task served, CancellationToken signal)
    {
        var signalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = signal.Register(signalled.SetResult);
        await Task.WhenAny(served, signalled.Task);
    }
}
