using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using Raid5Verify.Simulation;

namespace Raid5Verify.Cluster;

/// <summary>
/// What is durable on a server's disk, as the <see cref="IDisk"/> of a start that nobody sees: every call ends at once, reads see the
/// image, and what a start would mend is accepted and forgotten.
/// </summary>
internal sealed class SavedDisk(DiskImage image) : IDisk
{
    private static readonly Task<Errno> Done = Task.FromResult(Errno.OK);

    /// <summary>What a member would say of itself, were it started from this disk.</summary>
    /// <returns>Null if it would refuse to start.</returns>
    /// <remarks>Takes no step of any scheduler: nothing in it waits.</remarks>
    public static MemberStanding? StandingOn(DiskImage image)
    {
        Task<StoreOpening> opening = MemberStore.OpenAsync(new SavedDisk(image), bootId: 1);
        Invariant.Require(opening.IsCompletedSuccessfully, "a start waits for nothing but its disk");
        return opening.Result.Store is { } store ? new BlockServerService(store).Inspect(new InspectRequest(), null!).Result.State : null;
    }

    public Task<Result<IDiskFile>> OpenAsync(string name, DiskOpenMode mode) => Task.FromResult<Result<IDiskFile>>(
        image.LengthOf(name) is { } length ? new SavedFile(image, name, length) : Errno.ENOENT);

    public Task<Errno> DeleteAsync(string name) => Done;

    public Task<Errno> RenameAsync(string from, string to) => Done;

    public Task<Result<IReadOnlyList<string>>> ListAsync() => Task.FromResult<Result<IReadOnlyList<string>>>(image.Names.ToArray());

    public Task<Errno> FlushFolderAsync() => Done;

    public Task<Errno> LockAsync() => Done;

    private sealed class SavedFile(DiskImage image, string name, long length) : IDiskFile
    {
        public Task<Errno> ReadAsync(long offset, Memory<byte> destination)
        {
            image.Read(name, offset, destination.Span);
            return Done;
        }

        public Task<Errno> WriteAsync(long offset, ReadOnlyMemory<byte> source) => Done;

        public Task<Errno> FlushAsync() => Done;

        public Task<Errno> TruncateAsync(long length) => Done;

        public Task<Result<long>> LengthAsync() => Task.FromResult<Result<long>>(length);
    }
}
