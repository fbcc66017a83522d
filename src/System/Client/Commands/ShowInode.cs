using System.Globalization;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Client.Commands;

/// <summary><c>showinode</c>: an inode by its number.</summary>
internal sealed class ShowInode() : FileCommand("showinode", "INODE", "Shows an inode: its attributes and its block pointers")
{
    private const int Direct = 12;

    public override async Task<ExitCode> RunAsync(Workspace on, GivenWords given)
    {
        if (!on.TryNumber(given[0], "inode", on.Volume.Files.Map.Inodes, out long number))
        {
            return ExitCode.Usage;
        }

        var inode = new InodeNumber((uint)number);
        Result<InodeAttributes> found = await on.OnFilesAsync(files => files.GetAttributesAsync(inode));
        Result<IReadOnlyList<uint>> pointers = found.IsOk ? await on.OnFilesAsync(files => files.GetPointersAsync(inode)) : found.Error;
        if (!pointers.IsOk)
        {
            return on.Terminal.Refuse(pointers.Error, $"inode {number}: {(pointers.Error == Errno.ESTALE ? "it is free" : Reports.ErrnoText.Of(pointers.Error))}");
        }

        var described = InodeDescription.Of(found.Value);
        on.Terminal.Say(new { Attributes = described, Pointers = pointers.Value }, to =>
        {
            described.Write(to);
            if (pointers.Value.Count > 0)
            {
                to.WriteLine($"direct       {Text(pointers.Value.Take(Direct))}");
                to.WriteLine($"indirect     {Text(pointers.Value.Skip(Direct))}: single, double, triple");
            }
        });
        return ExitCode.Done;
    }

    private static string Text(IEnumerable<uint> pointers) =>
        string.Join(' ', pointers.Select(static pointer => pointer == 0 ? "-" : pointer.ToString(CultureInfo.InvariantCulture)));
}
