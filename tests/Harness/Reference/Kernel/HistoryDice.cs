using System.Text;
using Raid5Fs.FileSystem;
using Raid5Verify.Reference;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Operations;

namespace Raid5Verify.Tests.Reference.Kernel;

/// <summary>
/// Draws histories of operations on few names, so that they meet: mostly on what is there by then, also on what is not, on
/// names at their limit, with slashes at the end and detours by <c>.</c>, <c>..</c> and symbolic links; with sizes and
/// offsets about the edges of blocks and pages.
/// </summary>
/// <remarks>
/// The folder that stands for the root is one that the kernel would leave, and remove. So no path ends there, but that of a
/// question; and a path goes up from a name only, which leads at least one folder down, be it by a symbolic link: no link's
/// target is the root.
/// </remarks>
/// <param name="seed">Any.</param>
/// <param name="withAttributes">Whether extended attributes are drawn.</param>
/// <param name="isOpenToAll">Whether it is asked what others than the superuser may.</param>
internal sealed class HistoryDice(int seed, bool withAttributes, bool isOpenToAll)
{
    private static readonly string[] Names =
        ["a", "b", "c", "d", "ä", "name with spaces", new('n', 255), "é" + new string('n', 253)];

    private static readonly RenameMode[] Modes = [RenameMode.Replace, RenameMode.Replace, RenameMode.NoReplace, RenameMode.Exchange];

    /// <summary>No driver has such a number: to open the device is always refused.</summary>
    private const int FirstUnknownMajor = 3000;

    private const int Sticky = 0b001_000_000_000;
    private const int WritableByOthers = 0b010_010;

    private static readonly uint[] People = [0, 1000, 1001, 65_534];

    private static readonly string[] Attributes = ["user.a", "user.ä", "trusted.a"];

    private static readonly string[] OddAttributes =
        ["user.", "user", "system.a", "security.a", "nothing", "", "user." + new string('n', 250), "user." + new string('n', 251)];

    private static readonly AttributeMode[] AttributeModes =
        [AttributeMode.Set, AttributeMode.Set, AttributeMode.Create, AttributeMode.Replace];

    private static readonly string[] OpenNames = ["$a", "$b"];

    private static readonly OpenFlags[] WhatFor = [OpenFlags.Read, OpenFlags.Write, OpenFlags.Read | OpenFlags.Write];

    private static readonly FileType[] NodeTypes =
    [
        FileType.Fifo, FileType.Fifo, FileType.Socket, FileType.Socket, FileType.CharacterDevice, FileType.BlockDevice,
        FileType.Regular, FileType.Directory, FileType.SymbolicLink,
    ];

    private static readonly string TooLong = new('n', 256);

    private static readonly int[] Sizes = [0, 1, 511, 512, 513, 4095, 4096, 4097, 12_288, 65_536, 65_537, 1 << 20];

    private static readonly long[] FarOffsets = [0, 4096, 65_535, (1 << 20) - 1, 50_000_000, 1L << 30];

    private readonly Random _dice = new(seed);
    private readonly ReferenceFileSystem _files = new(ReferenceLimits.Linux);
    private ILookup<FileType, string> _existing = Array.Empty<string>().ToLookup(_ => FileType.None);
    private ulong _fill;

    public List<FileOperation> Draw(int count)
    {
        var reference = new ReferencePaths(_files);
        var history = new List<FileOperation>(count);
        while (history.Count < count)
        {
            FileOperation operation = Next();
            if (PermittedDifferences.IsLeftOut(operation, reference))
            {
                continue;
            }

            history.Add(operation);
            if (operation.Changes)
            {
                operation.ApplyTo(reference);
                _existing = _files.Walk().Skip(1).ToLookup(found => found.Attributes.Type, found => found.Path);
            }
        }

        return history;
    }

    private FileOperation Next() => _dice.Next(100) switch
    {
        < 8 => new Create { Path = Free(), Mode = Chance(2) ? Permissions.OfFile : NewMode() },
        < 15 => new Mkdir { Path = Free(), Mode = Chance(2) ? Permissions.OfDirectory : NewMode() },
        < 17 => NewNode(),
        < 19 => new Chmod { Path = OpenedOr(Any()), Mode = Mode() },
        < 22 when LinuxCalls.IsSuperuser => NewOwner(),
        < 24 => NewTimes(),
        < 27 => NewOpen(),
        < 28 when _files.OpenFiles.Count > 0 && Chance(2) => OnRange(),
        < 28 => new Close { Name = Opened() },
        < 30 => new Link { Path = Of(FileType.Regular), To = Free() },
        < 37 when withAttributes && Chance(2) => OnAttribute(),
        < 33 => new Symlink { Path = Free(), Target = Target() },
        < 35 => new Readlink { Path = Of(FileType.SymbolicLink) },
        < 39 => new Lstat { Path = Chance(3) ? Of(FileType.SymbolicLink) : Any() },
        < 41 when isOpenToAll && Chance(2) => new Access
        {
            Path = Chance(4) ? Question() : Chance(2) ? Of(FileType.Directory) : Of(FileType.Regular),
            User = People[_dice.Next(People.Length)],
            Group = People[_dice.Next(People.Length)],
            For = (AccessModes)_dice.Next(8),
        },
        < 41 => new Samefile { Path = Any(), Other = Any() },
        < 50 => new Write { Path = OpenedOr(Of(FileType.Regular)), At = Offset(), Length = Size(1 << 16), Fill = ++_fill },
        < 61 => new Read { Path = OpenedOr(Of(FileType.Regular)), At = Offset(), Length = Size(1 << 17) },
        < 66 => new Truncate { Path = OpenedOr(Of(FileType.Regular)), Size = Chance(3) ? Offset() : Size(1 << 20) },
        < 70 => new Unlink { Path = Any() },
        < 74 => new Rmdir { Path = Of(FileType.Directory) },
        < 86 => new Rename { Path = Any(), To = Chance(2) ? Any() : Free(), Mode = Modes[_dice.Next(Modes.Length)] },
        < 92 => new Stat { Path = OpenedOr(Question()) },
        < 99 => new Readdir { Path = OpenedOr(Question()) },
        _ => new Fsync { Path = OpenedOr(Question()) },
    };

    private Mknod NewNode()
    {
        FileType type = NodeTypes[_dice.Next(NodeTypes.Length)];
        bool isDevice = type is FileType.CharacterDevice or FileType.BlockDevice;
        return new Mknod
        {
            Path = Free(),
            Type = type,
            Mode = NewMode(),
            Major = isDevice ? (uint)_dice.Next(FirstUnknownMajor, 4096) : 0,
            Minor = isDevice ? (uint)_dice.Next(1 << 20) : 0,
        };
    }

    private FileOperation OnAttribute()
    {
        string path = OpenedOr(Any());
        string name = Chance(6) ? OddAttributes[_dice.Next(OddAttributes.Length)] : Attributes[_dice.Next(Attributes.Length)];
        (string Path, string Name)[] set = [.. _files.Walk().Skip(1)
            .Where(found => found.Attributes.Type != FileType.SymbolicLink)
            .SelectMany(found => _files.ListExtendedAttributes(found.Attributes.Inode).Value, (found, known) => (found.Path, known))];
        if (set.Length > 0 && Chance(2))
        {
            (path, name) = set[_dice.Next(set.Length)];
        }

        return _dice.Next(8) switch
        {
            < 4 => new Setxattr
            {
                Path = path,
                Name = name,
                Value = new string((char)('a' + _dice.Next(26)), _dice.Next(Chance(4) ? 500 : 20)),
                Mode = AttributeModes[_dice.Next(AttributeModes.Length)],
            },
            4 => new Getxattr { Path = path, Name = name },
            5 => new Listxattr { Path = path },
            _ => new Removexattr { Path = path, Name = name },
        };
    }

    private Open NewOpen()
    {
        OpenFlags flags = WhatFor[_dice.Next(WhatFor.Length)];
        foreach (OpenFlags flag in (ReadOnlySpan<OpenFlags>)[
            OpenFlags.Append, OpenFlags.Create, OpenFlags.Exclusive, OpenFlags.Truncate, OpenFlags.Directory, OpenFlags.NoFollow])
        {
            flags |= Chance(5) ? flag : OpenFlags.None;
        }

        return new Open
        {
            Path = flags.HasFlag(OpenFlags.Create) && Chance(2) ? Free() : Chance(3) ? Of(FileType.Directory) : Of(FileType.Regular),
            As = OpenNames[_dice.Next(OpenNames.Length)],
            Flags = flags,
            Mode = NewMode(),
        };
    }

    private FileOperation OnRange() => _dice.Next(4) switch
    {
        0 => new Fallocate { Name = Opened(), At = Offset(), Length = Size(1 << 16) },
        1 => new Seek { Name = Opened(), At = Offset(), For = Chance(2) ? SeekTarget.Data : SeekTarget.Hole },
        _ => new PunchHole { Name = Opened(), At = Offset(), Length = Size(1 << 16) },
    };

    private string Opened() => OpenNames[_dice.Next(OpenNames.Length)];

    /// <summary>A file that is open, now and then; the path otherwise.</summary>
    private string OpenedOr(string path) => Chance(3) && _files.OpenFiles.Count > 0 ? Opened() : path;

    private Chown NewOwner()
    {
        bool link = Chance(3);
        return new Chown
        {
            Path = link ? Of(FileType.SymbolicLink) : OpenedOr(Any()),
            User = Chance(3) ? null : People[_dice.Next(People.Length)],
            Group = Chance(3) ? null : People[_dice.Next(People.Length)],
            Link = link,
        };
    }

    private Utimens NewTimes()
    {
        bool link = Chance(3);
        return new Utimens
        {
            Path = link ? Of(FileType.SymbolicLink) : OpenedOr(Any()),
            Access = Chance(3) ? null : Time(),
            Modify = Chance(3) ? null : Time(),
            Link = link,
        };
    }

    /// <summary>Now, or one that every file system of Linux can hold: from 1901 to 2446.</summary>
    private TimeSetting Time() => Chance(3) ? TimeSetting.Now : TimeSetting.At(new Timestamp(
        (_dice.NextInt64(-2_000_000_000, 9_000_000_000) * 1_000_000_000) + (Chance(2) ? 0 : _dice.Next(1_000_000_000))));

    /// <summary>
    /// Any permissions; but the kernel keeps even the superuser from following some links, and from opening some files, in a sticky directory that others may write,
    /// and all but him from what their owner may not do.
    /// </summary>
    private Permissions Mode()
    {
        int bits = _dice.Next(Permissions.All + 1);
        bits &= (bits & WritableByOthers) != 0 ? ~Sticky : bits;
        return new Permissions((ushort)(LinuxCalls.IsSuperuser ? bits : bits | 0b111_000_000));
    }

    /// <summary>Without those bits that the process's mask takes.</summary>
    private Permissions NewMode() => new((ushort)(Mode().Bits & ~0b000_010_010));

    /// <summary>Mostly a name that is not there, in a directory that is.</summary>
    private string Free() => Chance(5) ? Odd() : $"{Pick(FileType.Directory)}/{Name()}";

    /// <summary>Mostly something of a type, if there is any.</summary>
    private string Of(FileType type) => Chance(5) || !_existing[type].Any() ? Any() : Pick(type);

    private string Question() => Chance(12) ? "/" : Of(FileType.Directory);

    private string Any() => _dice.Next(6) switch
    {
        0 => Pick(FileType.Directory) + "/" + Name(),
        1 => Pick(FileType.SymbolicLink) + "/" + Name(),
        2 or 3 when _existing[FileType.Regular].Any() => Pick(FileType.Regular),
        4 when _existing[FileType.Directory].Any() => Pick(FileType.Directory),
        _ => Odd(),
    };

    /// <summary>Empty if there is nothing of this type: the root, where a slash follows.</summary>
    private string Pick(FileType type)
    {
        int count = _existing[type].Count();
        return count == 0 ? "" : _existing[type].ElementAt(_dice.Next(count));
    }

    private string Odd()
    {
        if (Chance(60))
        {
            return "";
        }

        var path = new StringBuilder();
        bool isBelowRoot = false;
        int length = 1 + Math.Min(_dice.Next(4), _dice.Next(4));
        for (int i = 0; i < length; i++)
        {
            path.Append(Chance(12) ? "//" : "/");
            string name = Component(isBelowRoot);
            isBelowRoot = name switch { "." => isBelowRoot, ".." => false, _ => true };
            path.Append(name);
        }

        return (!isBelowRoot ? path.Append("/a") : Chance(5) ? path.Append('/') : path).ToString();
    }

    private string Component(bool isBelowRoot) => _dice.Next(20) switch
    {
        0 => TooLong,
        1 or 2 => ".",
        3 or 4 when isBelowRoot => "..",
        _ => Name(),
    };

    /// <summary>What a symbolic link stands for: what is there, what is not, itself, nothing that can be a path.</summary>
    private string Target() => _dice.Next(16) switch
    {
        0 => "",
        1 => "a/" + TooLong,
        2 => new string('t', 4096),
        3 => new string('u', 150),
        4 => Name() + "/",
        5 or 6 => Name() + "/" + Name(),
        7 or 8 or 9 when _existing[FileType.Directory].Any() => Pick(FileType.Directory),
        10 or 11 when _existing[FileType.Regular].Any() => Pick(FileType.Regular),
        _ => Name(),
    };

    private string Name() => Names[Chance(4) ? _dice.Next(Names.Length) : _dice.Next(4)];

    private ByteSize Offset() => new(
        Chance(4) ? FarOffsets[_dice.Next(FarOffsets.Length)] : Chance(2) ? 0 : _dice.Next(10_000));

    private ByteSize Size(int most) => new(Chance(2) ? Math.Min(most, Sizes[_dice.Next(Sizes.Length)]) : _dice.Next(9000));

    private bool Chance(int oneIn) => _dice.Next(oneIn) == 0;
}
