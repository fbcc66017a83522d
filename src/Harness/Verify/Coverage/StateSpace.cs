using Raid5Fs.Protocol;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Coverage;

/*
 * protocol phase × row state × fault kind, each state a number. The space is far larger than what can be reached: where everything is
 * good, nothing is dropped, and so on. What can be is not known beforehand, which is why the chance of more is estimated.
 *
 * A row's state is told from outside, by what the harness knows of its members, and is that of all rows alike: which row a message is
 * about, only the product knows.
 */

/// <summary>All states there might be, numbered from 0 to <see cref="Size"/> − 1.</summary>
internal static class StateSpace
{
    private static readonly string[] Methods = [.. BlockServer.Descriptor.Methods.Select(static method => method.Name)];

    private static readonly Dictionary<string, int> PlacesOfMethods = Enumerable.Range(0, Methods.Length)
        .ToDictionary(static place => $"/{BlockServer.Descriptor.FullName}/{Methods[place]}", StringComparer.Ordinal);

    private static readonly string[] FaultTags = [.. StepCatalogue.Faults.Select(static kind => kind.Tag)];

    private static readonly Type[] FaultTypes = [.. StepCatalogue.Faults.Select(static kind => kind.Type)];

    private static readonly int Packets = Enum.GetValues<PacketKind>().Length;
    private static readonly int Fates = Enum.GetValues<PacketFate>().Length;
    private static readonly int Conditions = Enum.GetValues<MemberCondition>().Length;
    private static readonly int Rests = Enum.GetValues<RestOfRow>().Length;

    /// <summary>States with one phase and one state of the rows: a fault of any kind, or none.</summary>
    private static readonly int Faults = FaultTags.Length + 1;

    public static int Size { get; } = Methods.Length * Packets * Fates * Conditions * Rests * Faults;

    /// <returns>−1 if the packet is not of the block server's protocol.</returns>
    public static int PhaseOf(Packet packet, PacketFate fate) =>
        PlacesOfMethods.TryGetValue(packet.Method, out int method)
            ? (((method * Packets) + (int)packet.Kind) * Fates) + (int)fate
            : -1;

    /// <summary>The number of the kind of a fault, from 1; 0 is for none.</summary>
    public static int FaultOf(Type kind) => 1 + Array.IndexOf(FaultTypes, kind);

    public static int NumberOf(int phase, MemberCondition member, RestOfRow others, int fault) =>
        (((((phase * Conditions) + (int)member) * Rests) + (int)others) * Faults) + fault;

    /// <summary>The state of a number.</summary>
    public static ReachedState At(int number)
    {
        (int rest, int fault) = Math.DivRem(number, Faults);
        (rest, int others) = Math.DivRem(rest, Rests);
        (rest, int member) = Math.DivRem(rest, Conditions);
        (rest, int fate) = Math.DivRem(rest, Fates);
        (int method, int packet) = Math.DivRem(rest, Packets);
        return new ReachedState(
            Methods[method],
            (PacketKind)packet,
            (PacketFate)fate,
            (MemberCondition)member,
            (RestOfRow)others,
            fault == 0 ? null : FaultTags[fault - 1]);
    }
}
