using Raid5Verify.Simulation;

namespace Raid5Verify.Exhaustive;

/// <summary>The gRPC names of the calls that a point meddles with.</summary>
internal static class BlockServerMethods
{
    public const string Open = Service + "Open";
    public const string Record = Service + "Record";
    public const string Prepare = Service + "Prepare";
    public const string Write = Service + "Write";

    private const string Service = "/raid5fs.BlockServer/";

    /// <summary>The act is the sending of a call's reply, and is done.</summary>
    public static bool IsReply(in CrashPoint point, string method) =>
        point is { Moment: CrashMoment.After, Kind: CrashPointKind.Send } && point.What.Text == $"reply {method}";
}

/// <summary>
/// A copy of the next request of a method from one host to a server, which arrives when the server has answered the next Prepare
/// after it: it must not change what is sealed.
/// </summary>
internal sealed class LateMessage
{
    private readonly Network _network;
    private readonly Host _server;
    private readonly StrayCopyRule _stray;
    private int _answersLeft;

    public LateMessage(Network network, Host from, Host server, string method)
    {
        _network = network;
        _server = server;

        // A Prepare is answered itself before the next one is.
        _answersLeft = method == BlockServerMethods.Prepare ? 2 : 1;
        _stray = network.Add(
            new StrayCopyRule { From = from, To = server, Kind = PacketKind.Request, Method = method }, "late message");
    }

    /// <summary>The copy is on its way, or has arrived.</summary>
    public bool HasCome => _answersLeft == 0;

    /// <summary>A host is at a crash point.</summary>
    public void Note(in CrashPoint point)
    {
        if (HasCome || _stray.Met == 0 || point.Host != _server || !BlockServerMethods.IsReply(in point, BlockServerMethods.Prepare))
        {
            return;
        }

        _answersLeft--;
        if (HasCome)
        {
            _network.Remove(_stray);
        }
    }
}
