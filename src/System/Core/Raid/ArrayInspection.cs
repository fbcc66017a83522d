using Grpc.Core;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.Raid;

/// <summary>What one server says of itself.</summary>
/// <param name="Geometry">Which member of which array it is.</param>
/// <param name="Record">Where it stands.</param>
public sealed record ServerFinding(MemberGeometry Geometry, MemberRecord Record);

/// <summary>
/// What the servers of an array say of themselves, asked without owning it: nothing is changed and nobody is fenced.
/// </summary>
/// <param name="Servers">By place; null where nothing answered, or what answered is no member of any array.</param>
/// <param name="Shape">
/// The array that they make up, as its first member sees it; <see cref="Errno.EIO"/> if too few answered,
/// <see cref="Errno.ESTALE"/> if they do not make up one in this order.
/// </param>
public sealed record ArrayInspection(IReadOnlyList<ServerFinding?> Servers, Result<MemberGeometry> Shape)
{
    /// <summary>Asks all servers at once.</summary>
    /// <param name="servers">A channel to each, in the order of their places.</param>
    /// <param name="options">Its <see cref="ArrayOptions.RetryBudget"/> is how long one that does not answer is asked again.</param>
    /// <param name="clock">Deadlines and pauses are measured on it.</param>
    /// <param name="dice">The jitter of pauses is drawn from it.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static async Task<ArrayInspection> AskAsync(
        IReadOnlyList<CallInvoker> servers, ArrayOptions options, TimeProvider clock, Random dice)
    {
        options.Validate();
        var pipeline = new CallPipeline(options, clock, dice);
        var nobody = new Lease(clock, options.Lease, servers.Count);
        MemberFinding?[] found = await Task.WhenAll(servers.Select((server, place) =>
            new MemberClient(new MemberIndex(place), server, pipeline, default, nobody)
                .InspectAsync(persists: true, CancellationToken.None).AsTask()));
        return new ArrayInspection(
            [.. found.Select(static one => one is { } member ? new ServerFinding(member.Geometry, member.Record) : null)],
            ArrayShape.Agree([.. found.Select(static one => one?.Geometry)]));
    }

    /// <summary>The last epoch that is known to be part of the history.</summary>
    public Epoch Decided => Servers.Max(static server => server?.Record.View.Decided ?? Epoch.None);
}
