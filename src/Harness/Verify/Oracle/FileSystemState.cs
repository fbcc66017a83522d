using System.IO.Hashing;
using System.Text;
using Raid5Fs.FileSystem;
using Raid5Verify.Reference;
using Raid5Verify.Scenarios.Operations;

namespace Raid5Verify.Oracle;

/// <summary>What the file system holds after some operation of the run. Never changed: the next operation makes the next one.</summary>
internal sealed class FileSystemState
{
    private readonly ReferenceFileSystem _files;

    private ulong? _fingerprint;

    private FileSystemState(ReferenceFileSystem files, FileOperation? cause, int step)
    {
        _files = files;
        Paths = new ReferencePaths(files);
        Cause = cause;
        Step = step;
    }

    /// <summary>To be asked, not to be changed.</summary>
    public ReferencePaths Paths { get; }

    /// <summary>The operation that led here from the state before; null for a new file system.</summary>
    public FileOperation? Cause { get; }

    /// <summary>The scenario's step that this operation was, from 0; <see cref="ReferenceClock.Mkfs"/> for a new file system.</summary>
    public int Step { get; }

    /// <summary>Whether the client was told that the operation is done.</summary>
    public bool IsAcknowledged { get; set; }

    public static FileSystemState Empty(ReferenceLimits limits, ReferenceClock clock) =>
        new(new ReferenceFileSystem(limits, clock), null, ReferenceClock.Mkfs) { IsAcknowledged = true };

    /// <summary>The state that an operation leads to: this one, where it changes nothing.</summary>
    /// <param name="operation">What is done.</param>
    /// <param name="step">Which step of the scenario that is.</param>
    public (FileSystemState State, Answer Answer) After(FileOperation operation, int step)
    {
        if (!operation.Changes)
        {
            return (this, operation.ApplyTo(Paths));
        }

        return Apply(operation, step, isPessimistic: false);
    }

    /// <summary>
    /// What an operation leads to and answers, where the file system may be full: what was given, if that is right then, or else what is
    /// right anyway.
    /// </summary>
    /// <param name="usual">What it leads to and answers if there is room.</param>
    /// <param name="operation">What is done.</param>
    /// <param name="given">What was answered.</param>
    /// <param name="step">Which step of the scenario that is.</param>
    public (FileSystemState Next, Answer Right) OrIfFull(
        (FileSystemState Next, Answer Right) usual, FileOperation operation, Answer given, int step) =>
        usual.Right != given && AfterIfFull(operation, usual.Next, given, step) is { } full ? (full, given) : usual;

    /// <summary>
    /// The state that an operation leads to if it answers so because the file system is full, where it is not known whether it is; null
    /// if it may not answer that.
    /// </summary>
    /// <param name="operation">What is done.</param>
    /// <param name="usual">What it leads to if there is room: an operation may itself make unknown how many blocks it takes.</param>
    /// <param name="actual">What was answered.</param>
    /// <param name="step">Which step of the scenario that is.</param>
    private FileSystemState? AfterIfFull(FileOperation operation, FileSystemState usual, Answer actual, int step)
    {
        if ((_files.FreeBlocks.IsExact && usual._files.FreeBlocks.IsExact) || !operation.Changes)
        {
            return null;
        }

        (FileSystemState worst, Answer atWorst) = Apply(operation, step, isPessimistic: true);
        if (atWorst == actual)
        {
            return worst;
        }

        bool isBetween = actual.Written > (atWorst.Written ?? 0);
        if (!isBetween || operation.Parts(_files.BlockSize).FirstOrDefault(part => part == operation.Shortened(actual.Written!.Value)) is not { } part)
        {
            return null;
        }

        (FileSystemState next, Answer answer) = Apply(part, step, isPessimistic: false);
        return answer == actual ? next : null;
    }

    /// <summary>The same, but that nothing is open any more: this one, where nothing was.</summary>
    public FileSystemState WithAllClosed()
    {
        if (_files.OpenFiles.Count == 0)
        {
            return this;
        }

        ReferenceFileSystem files = _files.Copy();
        files.CloseAll();
        return new FileSystemState(files, Cause, Step) { IsAcknowledged = IsAcknowledged };
    }

    /// <summary>Every path and what is there.</summary>
    public IEnumerable<(string Path, InodeAttributes Attributes)> Walk() => _files.Walk();

    /// <summary>Equal exactly for states that no question tells apart, but for chance.</summary>
    public ulong Fingerprint => _fingerprint ??= ComputeFingerprint();

    public override string ToString() => Cause is null ? "the new file system" : $"the state after step {Step}, {Cause}";

    private (FileSystemState State, Answer Answer) Apply(FileOperation operation, int step, bool isPessimistic)
    {
        ReferenceFileSystem files = _files.Copy();
        files.Operation = step;
        files.IsPessimistic = isPessimistic;
        var next = new FileSystemState(files, operation, step);
        Answer answer = operation.ApplyTo(next.Paths);
        files.IsPessimistic = false;
        return (next, answer);
    }

    private ulong ComputeFingerprint()
    {
        var hash = new XxHash3();
        var firstPaths = new Dictionary<InodeNumber, string>();
        foreach ((string path, InodeAttributes attributes) in Walk())
        {
            // An inode by another name is that inode, whatever its number.
            bool isFirst = firstPaths.TryAdd(attributes.Inode, path);
            foreach (string name in _files.ListExtendedAttributes(attributes.Inode).Value)
            {
                hash.Append(Encoding.UTF8.GetBytes($"{name}="));
                hash.Append(_files.GetExtendedAttribute(attributes.Inode, name).Value);
            }

            hash.Append(Encoding.UTF8.GetBytes($"{path} {Answer.Of(attributes)} {_files.DescribeTimesOf(attributes.Inode)} {firstPaths[attributes.Inode]}\n"));
            if (isFirst && attributes.Type == FileType.SymbolicLink)
            {
                hash.Append(_files.ReadSymbolicLink(attributes.Inode).Value);
            }

            AppendContent(isFirst, attributes.Inode);
        }

        foreach ((string name, ReferenceOpenFile file) in _files.OpenFiles)
        {
            hash.Append(Encoding.UTF8.GetBytes(
                $"{name} {file.Flags} {Answer.Of(Paths.Find(name))} {_files.DescribeTimesOf(file.Inode)} {firstPaths.GetValueOrDefault(file.Inode)}\n"));
            AppendContent(isFirst: firstPaths.TryAdd(file.Inode, name), file.Inode);
        }

        hash.Append(Encoding.UTF8.GetBytes($"{_files.FreeBlocks} blocks free"));
        return hash.GetCurrentHashAsUInt64();

        void AppendContent(bool isFirst, InodeNumber inode)
        {
            foreach ((long page, byte[] bytes) in isFirst ? _files.PagesOf(inode) : [])
            {
                hash.Append(BitConverter.GetBytes(page));
                hash.Append(bytes);
            }
        }
    }
}
