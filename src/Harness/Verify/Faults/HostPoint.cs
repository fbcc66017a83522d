using System.Globalization;
using System.Text.RegularExpressions;
using Raid5Fs.Protocol;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>
/// A moment of a host's work: <c>before server 2's 3rd flush</c>, <c>after client's 1st send of prepare</c>.
/// </summary>
/// <param name="Moment">On which side of the act.</param>
/// <param name="Host">Whose act. The client is the one in charge when it acts.</param>
/// <param name="Nth">Which of those acts, ≥ 1, counted from when it is waited for.</param>
/// <param name="Act">What it does.</param>
/// <param name="Of">
/// Only if it is about that: a file of a member (<c>slots</c>, <c>log</c>, <c>superblock</c>, <c>checkpoint</c>), or a call of
/// the protocol (<c>read</c>, <c>write</c>, <c>prepare</c>, <c>commit</c> and so on). Null for all.
/// </param>
public sealed partial record HostPoint(CrashMoment Moment, HostTarget Host, int Nth, HostAct Act, string? Of = null)
{
    /// <summary>What an act upon a disk may be about: the files of a member.</summary>
    internal static IReadOnlyList<string> Files { get; } = [.. Enum.GetNames<StoredFile>().Select(KebabCase.Of)];

    /// <summary>What a message may be about: the calls of the protocol.</summary>
    internal static IReadOnlyList<string> Calls { get; } =
        [.. BlockServer.Descriptor.Methods.Select(method => KebabCase.Of(method.Name))];

    internal static IEnumerable<string> DiskActs => Acts.Where(IsOfDisk).Select(act => KebabCase.Of(act.ToString()));

    internal static IEnumerable<string> MessageActs => Acts.Where(act => !IsOfDisk(act)).Select(act => KebabCase.Of(act.ToString()));

    private static HostAct[] Acts => Enum.GetValues<HostAct>();

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{KebabCase.Of(Moment.ToString())} {Host}'s {Nth}{Ending(Nth)} {KebabCase.Of(Act.ToString())}{(Of is null ? string.Empty : $" of {Of}")}");

    /// <summary>Whether a point is of that act and that side of it, whoever's and however often.</summary>
    internal bool IsMet(in CrashPoint point) => point.Moment == Moment && IsMeant(point.Kind) && IsAbout(point.What.Text);

    /// <summary>What is impossible about it in a cluster of that shape, in one line.</summary>
    internal string? FindMisfit(ClusterShape cluster) =>
        Host is HostTarget.OfServer place && place.Server >= cluster.Servers
            ? cluster.Lacks(place.Server)
        : Host is HostTarget.OfClient && IsOfDisk(Act) ? "a client has no disk: it can send or receive"
        : null;

    /// <param name="text">As <see cref="ToString"/> writes it.</param>
    /// <param name="problem">One line that says what is wrong, or null where no more is known than that it is none.</param>
    internal static HostPoint? Parse(string text, out string? problem)
    {
        problem = null;
        if (Form().Match(text) is not { Success: true, Groups: var parts }
            || HostTarget.Parse(parts["host"].Value) is not { } host
            || !int.TryParse(parts["nth"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int nth)
            || nth == 0 || Ending(nth) != parts["ending"].Value)
        {
            return null;
        }

        var moment = (CrashMoment?)ScalarFormat.For(typeof(CrashMoment))!.Parse(parts["moment"].Value, out problem);
        if (moment is null || (HostAct?)ScalarFormat.For(typeof(HostAct))!.Parse(parts["act"].Value, out problem) is not { } act)
        {
            return null;
        }

        string? of = parts["of"].Success ? parts["of"].Value : null;
        IReadOnlyList<string> known = IsOfDisk(act) ? Files : Calls;
        if (of is not null && !known.Contains(of))
        {
            problem = $"there is no '{of}' to {KebabCase.Of(act.ToString())}{Suggestion.For(of, known)}; known are {string.Join(", ", known)}";
            return null;
        }

        return new HostPoint(moment.Value, host, nth, act, of);
    }

    private static bool IsOfDisk(HostAct act) => act is HostAct.Write or HostAct.Flush or HostAct.Rename;

    private bool IsMeant(CrashPointKind kind) => Act switch
    {
        HostAct.Write => kind == CrashPointKind.Write,
        HostAct.Flush => kind is CrashPointKind.Flush or CrashPointKind.FolderFlush,
        HostAct.Rename => kind == CrashPointKind.NameChange,
        HostAct.Send => kind == CrashPointKind.Send,
        _ => kind == CrashPointKind.Receive,
    };

    /// <summary>Files are <c>slots</c> or <c>log.17</c>, messages <c>request /raid5fs.BlockServer/Prepare</c>.</summary>
    private bool IsAbout(string what) => Of is null
        || (IsOfDisk(Act)
            ? what == Of || what.StartsWith($"{Of}.", StringComparison.Ordinal)
            : what.EndsWith($"/{Of}", StringComparison.OrdinalIgnoreCase));

    private static string Ending(int number) => (number % 100) switch
    {
        11 or 12 or 13 => "th",
        _ => (number % 10) switch { 1 => "st", 2 => "nd", 3 => "rd", _ => "th" },
    };

    [GeneratedRegex(
        @"^(?<moment>\w+) (?<host>client|server [0-9]+)'s (?<nth>[0-9]+)(?<ending>[a-z]{2}) (?<act>[\w-]+)( of (?<of>[\w-]+))?$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
