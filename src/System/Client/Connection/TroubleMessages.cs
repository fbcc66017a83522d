using System.Globalization;
using Raid5Fs.Primitives;
using Raid5Fs.Raid;

namespace Raid5Fs.Client.Connection;

/// <summary>
/// Says what operations meet: <c>CORRUPTED_BLOCK block</c> and <c>SERVER_DISCONNECTED operation block</c>, the second once for a
/// server until it is back. Blocks are numbers of the array's one address space.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class TroubleMessages(TextWriter to) : IArrayObserver
{
    private readonly object _gate = new();
    private readonly HashSet<MemberIndex> _told = [];

    public void BlockIsBad(BlockAddress block) => Write($"CORRUPTED_BLOCK {block.Value}");

    public void MemberIsAway(MemberIndex member, BlockOperation operation, BlockAddress block)
    {
        lock (_gate)
        {
            if (_told.Add(member))
            {
                Write($"SERVER_DISCONNECTED {(operation == BlockOperation.Read ? "read" : "write")} {block.Value}");
            }
        }
    }

    /// <summary>Of servers that are there again it is told anew if they go.</summary>
    public void Note(ArrayStatus status)
    {
        lock (_gate)
        {
            _told.RemoveWhere(member => status.Members[member.Value].State != MemberState.Away);
        }
    }

    private void Write(FormattableString message)
    {
        lock (_gate)
        {
            to.WriteLine(message.ToString(CultureInfo.InvariantCulture));
        }
    }
}
