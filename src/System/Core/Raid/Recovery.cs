using Grpc.Core;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;

namespace Raid5Fs.Raid;

/*
 * How a client takes an array over: after a clean end, after any crash, or from a client that still lives.
 *
 *   1. Inspect: which array is this, and which claim is higher than all that were granted?
 *   2. Open: the claim, granted by N - 1 members at least. Each one's standing is taken with its grant: from then on
 *      nobody else changes it.
 *   3. Decide what is the last epoch of the history, and which members hold all of it.
 *   4. Record the decision on N - 1 of those, before anything is served or committed: whoever comes next reaches one
 *      of them, and decides the same.
 *   5. Wait out the lease of the former owner, unless every member has granted the claim.
 *
 * The decision. V is the highest view, and its epoch D is decided. W is the highest sealed epoch above V: the one in
 * flight when the former owner ended. A member holds W whole if it sealed the epoch with its own bit in the mask, in this
 * version or an earlier one: its contents are the same. A reached member of W's mask that does not hold it whole lacks it: then
 * W was not acknowledged. That is beyond doubt if the member has taken part in W's generation since it was started, as a crash
 * may make it forget what its disk pretended to have flushed. Nor was it if such a member has sealed an earlier version only: no
 * version is acknowledged that was followed by another.
 *   back     if a member lacks it beyond doubt: all that were counted on hold what came before, and no row is stale on them;
 *   forward  else, if N - 1 hold it whole: it may have been acknowledged, and can be had;
 *   back     else, if a member lacks it, or has beyond doubt sealed an earlier version only;
 *   neither  else: a member that could tell is not there, and to guess could undo what was acknowledged.
 * One that never adopted a decision of W's generation is blank, or has forgotten all: it tells nothing.
 *
 * To go forward although a member lacks it would keep more, but that member would be stale in all rows of W: one latent bad
 * unit on another member, and a row would be lost to a crash of the client alone.
 */

/// <summary>What a recovery decided.</summary>
/// <param name="Decided">The last epoch of the history.</param>
/// <param name="Direction">What became of the epoch in flight.</param>
/// <param name="Holders">The members that hold all of the history.</param>
internal readonly record struct RecoveryDecision(Epoch Decided, RecoveryDirection Direction, MemberSet Holders)
{
    /// <summary>Decides from what the members said with their grants. Pure.</summary>
    /// <param name="granted">By place; null where the claim was not granted.</param>
    /// <returns>Null if it must be left open, as too few members are there.</returns>
    public static RecoveryDecision? From(IReadOnlyList<MemberRecord?> granted)
    {
        int quorum = granted.Count - 1;
        View view = default;
        SealedEpoch inFlight = default;
        foreach (MemberRecord? record in granted)
        {
            view = record is not null && record.View.Stamp > view.Stamp ? record.View : view;
            inFlight = record?.Sealed is { } pending && pending.Stamp > inFlight.Stamp ? pending : inFlight;
        }

        Epoch decided = view.Decided;
        RecoveryDirection direction = RecoveryDirection.Clean;
        if (inFlight.Stamp > view.Stamp)
        {
            MemberSet whole = MemberSet.None;
            bool isLacking = false;
            bool isBeyondDoubt = false;
            bool isOutdated = false;
            for (int place = 0; place < granted.Count; place++)
            {
                var member = new MemberIndex(place);
                if (granted[place] is not { } record)
                {
                    continue;
                }

                bool isWitness = record.Witnessed == inFlight.Epoch.Generation;
                if (record.Sealed is { } pending && pending.Epoch == inFlight.Epoch && pending.Mask.Contains(member))
                {
                    whole = whole.With(member);
                    isOutdated |= pending.Stamp < inFlight.Stamp && inFlight.Mask.Contains(member) && isWitness;
                }
                else if (inFlight.Mask.Contains(member))
                {
                    isLacking |= record.View.Stamp.Epoch.Generation >= inFlight.Epoch.Generation;
                    isBeyondDoubt |= isWitness;
                }
            }

            if (!isBeyondDoubt && whole.Count >= quorum)
            {
                decided = inFlight.Epoch;
                direction = RecoveryDirection.Forward;
            }
            else if (isLacking || isOutdated)
            {
                direction = RecoveryDirection.Back;
            }
            else
            {
                return null;
            }
        }

        MemberSet holders = MemberSet.None;
        for (int place = 0; place < granted.Count; place++)
        {
            var member = new MemberIndex(place);
            holders = granted[place]?.IsCompleteUpTo(decided, member) == true ? holders.With(member) : holders;
        }

        return holders.Count >= quorum ? new RecoveryDecision(decided, direction, holders) : null;
    }
}

/// <summary>What a recovery did with the epoch that was in flight.</summary>
public enum RecoveryDirection
{
    /// <summary>There was none.</summary>
    Clean,

    /// <summary>It is part of the history now.</summary>
    Forward,

    /// <summary>It was undone.</summary>
    Back,
}

/// <summary>An array taken over: what <see cref="Raid5Array"/> starts from.</summary>
/// <param name="Shape">Of all members.</param>
/// <param name="Members">Those that hold all of the history are counted on, and reachable.</param>
/// <param name="Returning">The members that granted the claim, and have been of the array before: all but blank ones.</param>
/// <param name="Claim">The claim.</param>
/// <param name="View">The decision.</param>
/// <param name="Direction">What became of the epoch in flight.</param>
/// <param name="Lease">Renewed by every answer.</param>
internal sealed record RecoveredArray(
    MemberGeometry Shape,
    Member[] Members,
    MemberSet Returning,
    Claim Claim,
    View View,
    RecoveryDirection Direction,
    Lease Lease);

/// <summary>Takes an array over.</summary>
internal sealed class Recovery(
    IReadOnlyList<CallInvoker> invokers, ArrayOptions options, TimeProvider clock, Random dice)
{
    private const int Tries = 5;

    private readonly CallPipeline _pipeline = new(options, clock, dice);

    /// <returns>
    /// EIO: too few members answer, or those that could tell what was acknowledged are not among them. ESTALE: the
    /// members do not make up one array in this order, or another client takes it over at this moment.
    /// </returns>
    public async Task<Result<RecoveredArray>> RunAsync()
    {
        ulong client = (ulong)dice.NextInt64();
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            Result<Inspection> inspected = await InspectAsync();
            if (!inspected.IsOk)
            {
                return inspected.Error;
            }

            if (attempt > 0 && inspected.Value.HasOwnerBut(client))
            {
                // It claimed the array after this client did. To try again would be to take it back.
                return Errno.ESTALE;
            }

            uint generation = inspected.Value.HighestGeneration + 1;
            if (generation > Epoch.MaxGeneration)
            {
                return Errno.EOVERFLOW;
            }

            (Result<RecoveredArray> array, bool isContested) =
                await ClaimAsync(inspected.Value, new Claim(generation, client));
            if (!isContested)
            {
                return array;
            }

            // Another client claims at the same moment, and it may be that neither has enough: one of them, by chance,
            // is alone the next time.
            await Task.Delay(options.RetryDelay * (1 + dice.NextDouble() * (2 << attempt)), clock);
        }

        return Errno.ESTALE;
    }

    private async Task<Result<Inspection>> InspectAsync()
    {
        var nobody = new Lease(clock, options.Lease, invokers.Count);
        MemberFinding?[] found = await Task.WhenAll(invokers.Select((invoker, place) =>
            new MemberClient(new MemberIndex(place), invoker, _pipeline, default, nobody)
                .InspectAsync(persists: true, CancellationToken.None).AsTask()));
        Result<MemberGeometry> shape = ArrayShape.Agree([.. found.Select(one => one?.Geometry)]);
        return shape.IsOk ? new Inspection(shape.Value, found) : shape.Error;
    }

    /// <returns>The array, or why not; and whether that was another client.</returns>
    private async Task<(Result<RecoveredArray> Array, bool IsContested)> ClaimAsync(Inspection inspected, Claim claim)
    {
        MemberGeometry shape = inspected.Shape;
        var lease = new Lease(clock, options.Lease, shape.Members);
        var members = new Member[shape.Members];
        for (int place = 0; place < members.Length; place++)
        {
            var client = new MemberClient(new MemberIndex(place), invokers[place], _pipeline, claim, lease);
            client.Expect(shape.At(new MemberIndex(place)));
            members[place] = new Member(client, shape.Rows);
        }

        MemberRecord?[] answers = await Task.WhenAll(members.Select(async member =>
            inspected.IsMember(member.Index) ? await AskAsync(member.Client, inspected) : null));
        if (Array.Exists(answers, answer => answer is not null && answer.Promised != claim))
        {
            return (Errno.ESTALE, true);
        }

        MemberSet granted = MemberSet.None;
        MemberSet returning = MemberSet.None;
        foreach (Member member in members)
        {
            MemberRecord? answer = answers[member.Index.Value];
            granted = answer is not null ? granted.With(member.Index) : granted;
            returning = answer is { IsBlank: false } ? returning.With(member.Index) : returning;
        }

        if (granted.Count < members.Length - 1 || RecoveryDecision.From(answers) is not { } decision)
        {
            return (Errno.EIO, false);
        }

        var view = new View(
            new Stamp(Epoch.Of(claim.Generation, 0), Version: 0), decision.Decided, decision.Holders);
        bool isFenced = false;
        foreach (Member member in members)
        {
            member.Client.WhenFenced = () => isFenced = true;
        }

        bool[] recorded = await Task.WhenAll(members.Select(async member =>
            decision.Holders.Contains(member.Index) && await member.Client.RecordAsync(view)));
        if (recorded.Count(done => done) < members.Length - 1)
        {
            return isFenced ? (Errno.ESTALE, true) : (Errno.EIO, false);
        }

        for (int place = 0; place < members.Length; place++)
        {
            if (recorded[place])
            {
                members[place].Return();
                members[place].Count();
            }
        }

        if (granted.Count < members.Length && inspected.HighestGeneration > 0)
        {
            await Task.Delay(options.Lease * (1 + ArrayOptions.ClockSkewBound), clock);
        }

        return (new RecoveredArray(shape, members, returning, claim, view, decision.Direction, lease), false);
    }

    /// <summary>Asks one member for the claim.</summary>
    /// <returns>Its answer; null if there is none, or it is not the member's.</returns>
    private static async Task<MemberRecord?> AskAsync(MemberClient client, Inspection inspected)
    {
        if (await client.OpenAsync(CancellationToken.None) is not { } answer)
        {
            return null;
        }

        // Whoever answered is the one that was inspected, or else must show who it is: an address may have changed hands.
        bool isKnown = inspected.BootOf(client.Member) == answer.BootId
            || (await client.InspectAsync(persists: true, CancellationToken.None))?.Record.BootId == answer.BootId;
        if (isKnown)
        {
            client.Accept(answer.BootId);
        }

        return isKnown ? answer : null;
    }

    /// <summary>Who answered, and what they make up.</summary>
    private sealed record Inspection(MemberGeometry Shape, MemberFinding?[] Found)
    {
        public ulong BootOf(MemberIndex place) => Found[place.Value]!.Value.Record.BootId;

        /// <summary>Another client than this has been granted all members but one, at least: the array is its own.</summary>
        public bool HasOwnerBut(ulong client) => Found
            .Where(one => one?.Record.Promised.Generation > 0 && one.Value.Record.Promised.Client != client)
            .GroupBy(one => one!.Value.Record.Promised)
            .Any(granted => granted.Count() >= Shape.Members - 1);

        public uint HighestGeneration => Found.Max(one => one?.Record.Promised.Generation ?? 0);

        public bool IsMember(MemberIndex place) => Found[place.Value]?.Geometry == Shape.At(place);
    }
}
