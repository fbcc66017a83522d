using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Raid5Fs.Client.Mount;

/// <summary>How a folder becomes a mount.</summary>
/// <param name="Folder">Its full path; it exists.</param>
internal sealed record MountSettings(string Folder)
{
    /// <summary>The kernel refuses all changes.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Others than the user who mounts may use it, as far as permissions go. Root always allows that.</summary>
    public bool AllowsOthers { get; init; }
}

/// <summary>A folder where a file system is mounted, and the descriptor by which its kernel asks.</summary>
internal sealed class MountPoint : IDisposable
{
    private const string Tool = "fusermount3";
    private const string SocketVariable = "_FUSE_COMMFD";
    private const string Type = "fuse.raid5fs";
    private const string Source = "raid5fs";

    private readonly string _folder;
    private readonly bool _isByTool;

    private MountPoint(string folder, SafeFileHandle device, bool isByTool)
    {
        _folder = folder;
        Device = device;
        _isByTool = isByTool;
    }

    /// <summary>Of /dev/fuse.</summary>
    public SafeFileHandle Device { get; }

    /// <summary>Mounts: as root itself, else by the tool that may do it for others. From then on uses of the folder wait for answers.</summary>
    /// <returns>Null, and why it cannot be.</returns>
    public static MountPoint? Open(MountSettings settings, out string? complaint) =>
        MountCalls.GetUser() == 0 ? OpenAsRoot(settings, out complaint) : OpenByTool(settings, out complaint);

    /// <summary>Takes the mount away.</summary>
    /// <param name="isForced">Also where it is in use: what is asked from then on, and what is under way, fails.</param>
    /// <returns>False if it is in use. A mount that is not there any more is none.</returns>
    public bool TryUnmount(bool isForced)
    {
        if (_isByTool)
            return RunTool(["-u", .. isForced ? (string[])["-z"] : [], "--", _folder], null) == 0;
        int flags = isForced ? MountCalls.Force | MountCalls.Detach : 0;
        return MountCalls.Unmount(_folder, flags) == 0
            || Marshal.GetLastPInvokeError() is MountCalls.InvalidArgument or MountCalls.NoEntry;
    }

    public void Dispose() => Device.Dispose();

    private static MountPoint? OpenAsRoot(MountSettings settings, out string? complaint)
    {
        SafeFileHandle device = MountCalls.OpenDevice();
        if (device.IsInvalid)
        {
            complaint = $"/dev/fuse: {Marshal.GetLastPInvokeErrorMessage()}";
            return null;
        }

        string options = string.Create(
            CultureInfo.InvariantCulture,
            $"fd={device.DangerousGetHandle()},rootmode=40000,user_id=0,group_id={MountCalls.GetGroup()},default_permissions,allow_other");
        if (MountCalls.Mount(Source, settings.Folder, Type, settings.IsReadOnly, options) != 0)
        {
            complaint = $"{settings.Folder}: {Marshal.GetLastPInvokeErrorMessage()}";
            device.Dispose();
            return null;
        }

        complaint = null;
        return new MountPoint(settings.Folder, device, isByTool: false);
    }

    /// <summary>The tool opens the device, mounts, and sends the descriptor over a socket that it inherits.</summary>
    private static MountPoint? OpenByTool(MountSettings settings, out string? complaint)
    {
        complaint = null;
        if (!MountCalls.TryPair(out SafeFileHandle own, out SafeFileHandle childs))
        {
            complaint = Marshal.GetLastPInvokeErrorMessage();
            return null;
        }

        using (own)
        {
            string options = $"fsname={Source},subtype=raid5fs,default_permissions"
                + (settings.AllowsOthers ? ",allow_other" : string.Empty) + (settings.IsReadOnly ? ",ro" : string.Empty);
            int? code;
            using (childs)
                code = RunTool(["-o", options, "--", settings.Folder], childs);
            SafeFileHandle device = code == 0 ? MountCalls.ReceiveDescriptor(own) : new SafeFileHandle(-1, ownsHandle: true);
            if (!device.IsInvalid)
                return new MountPoint(settings.Folder, device, isByTool: true);
            complaint = code is null
                ? $"only root can mount without {Tool}, and that is not here"
                : $"{settings.Folder}: {Tool} refuses to mount there";
            return null;
        }
    }

    /// <summary>Its exit code; null if it is not here.</summary>
    private static int? RunTool(string[] arguments, SafeFileHandle? socket)
    {
        var start = new ProcessStartInfo(Tool, arguments) { UseShellExecute = false };
        if (socket is not null)
            start.Environment[SocketVariable] = socket.DangerousGetHandle().ToString(CultureInfo.InvariantCulture);
        try
        {
            using Process? tool = Process.Start(start);
            tool!.WaitForExit();
            return tool.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
