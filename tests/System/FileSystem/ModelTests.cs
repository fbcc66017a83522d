using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;

namespace Raid5Fs.Tests.FileSystem;

/// <summary>
/// Any operations against a model that is one dictionary: the tree always equals it, fsck is always content, and a
/// crash at any time leaves the tree as it was after some operation at or after the last sync.
/// </summary>
public sealed class ModelTests
{
    [Property(Arbitrary = [typeof(Operations)], MaxTest = 40)]
    public void The_file_system_does_what_the_model_does(Operation[] operations) => RunAsync(operations).GetAwaiter().GetResult();

    private static async Task RunAsync(Operation[] operations)
    {
        Mounted mounted = await Mounted.NewAsync(new MemoryDevice(128, 400, 24), new MkfsOptions { NameSeed = 1, Inodes = 64 });
        var model = new TreeModel();
        var survivors = new HashSet<string>(StringComparer.Ordinal) { model.ToString() };
        foreach (Operation operation in operations)
        {
            if (operation.Kind == OperationKind.Sync)
            {
                await mounted.SyncAsync();
                survivors.Clear();
            }
            else
            {
                bool done = await ApplyAsync(mounted.Paths, operation) == Errno.OK;
                Assert.Equal(model.Apply(operation), done);
            }

            survivors.Add(model.ToString());
            Assert.Contains(await ReadTreeAsync(await mounted.CrashAndMountAsync()), survivors);
        }

        Assert.Equal(model.ToString(), await ReadTreeAsync(mounted));
        await mounted.AssertSoundAsync();
    }

    private static async Task<Errno> ApplyAsync(PathOperations paths, Operation operation) => operation.Kind switch
    {
        OperationKind.Create => (await paths.CreateAsync(operation.Path)).Error,
        OperationKind.MakeDirectory => (await paths.MakeDirectoryAsync(operation.Path)).Error,
        OperationKind.Write => (await paths.WriteAsync(operation.Path, operation.Offset, operation.Content)).Error,
        OperationKind.Truncate => await paths.TruncateAsync(operation.Path, operation.Offset),
        OperationKind.Unlink => await paths.UnlinkAsync(operation.Path),
        OperationKind.RemoveDirectory => await paths.RemoveDirectoryAsync(operation.Path),
        _ => await paths.RenameAsync(operation.Path, operation.To),
    };

    private static async Task<string> ReadTreeAsync(Mounted mounted)
    {
        var found = new TreeModel();
        var waiting = new Queue<string>([""]);
        while (waiting.TryDequeue(out string? directory))
        {
            foreach (string name in await mounted.NamesAsync(directory + "/"))
            {
                string path = $"{directory}/{name}";
                bool isDirectory = (await mounted.StatAsync(path)).Type == FileType.Directory;
                found.Add(path, isDirectory ? null : await mounted.ReadAsync(path));
                if (isDirectory)
                    waiting.Enqueue(path);
            }
        }

        return found.ToString();
    }

    public enum OperationKind
    {
        Create,
        MakeDirectory,
        Write,
        Truncate,
        Unlink,
        RemoveDirectory,
        Rename,
        Sync,
    }

    public sealed record Operation(OperationKind Kind, string Path, string To, int Offset, int Length)
    {
        public byte[] Content => Mounted.Pattern(Length, Offset);
    }

    /// <summary>Generates operations on a few paths, so that they meet.</summary>
    public static class Operations
    {
        public static Arbitrary<Operation> Any()
        {
            Gen<string> names = Gen.Elements("a", "b", "c-is-long-enough-for-two-to-fill-a-block");
            Gen<string> paths = Gen.OneOf(
                from a in names select $"/{a}",
                from a in names from b in names select $"/{a}/{b}",
                from a in names from b in names from c in names select $"/{a}/{b}/{c}");
            return Arb.From(
                from kind in Gen.Elements(Enum.GetValues<OperationKind>())
                from path in paths
                from to in paths
                from offset in Gen.Choose(0, 2500)
                from length in Gen.Choose(1, 700)
                select new Operation(kind, path, to, offset, length));
        }
    }
}
