using System.Globalization;

namespace Raid5Verify.Stories;

/// <summary>
/// One step's part of a story: what happened meanwhile, in the order in which it did, and the calls in sum.
/// </summary>
internal sealed class StorySection
{
    /// <summary>Of what happened the first so many are told, and the rest is counted.</summary>
    private const int MostTold = 14;

    /// <summary>Of a line of calls.</summary>
    private const int Width = 100;

    /// <summary>Of a step or an answer so much is told.</summary>
    private const int Longest = 200;

    private readonly string _title;
    private readonly TimeSpan _began;
    private readonly List<(TimeSpan At, string What)> _happened = [];
    private readonly List<Tally> _calls = [];
    private readonly List<Tally> _troubles = [];
    private string? _answer;
    private TimeSpan _answeredAt;

    /// <param name="title">The step, or words.</param>
    /// <param name="began">Virtual time.</param>
    public StorySection(string title, TimeSpan began)
    {
        _title = Shorten(title);
        _began = began;
    }

    /// <summary>Calls that were repeated.</summary>
    public long Retries { private get; set; }

    /// <summary>Something that is worth a line.</summary>
    public void Tell(TimeSpan at, string what) => _happened.Add((at, Shorten(what)));

    /// <summary>What the step itself came to: it stands behind all else, with the calls that it took.</summary>
    public void Answer(TimeSpan at, string answer)
    {
        if (_answer is not null)
        {
            Tell(_answeredAt, _answer);
        }

        _answer = Shorten(answer);
        _answeredAt = at;
    }

    /// <summary>A call of a method was begun.</summary>
    public void CountCall(string method, string server) => Count(_calls, method, server);

    /// <summary>A call, or a message, came to no good.</summary>
    /// <param name="what">Of what method, or which part of it.</param>
    /// <param name="fate">What became of it.</param>
    /// <param name="server">To whom, or from whom.</param>
    public void CountTrouble(string what, string fate, string server) => Count(_troubles, $"{what} {fate}:", server);

    /// <summary>Its lines.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"{Time(_began)}  {_title}";
        foreach ((TimeSpan at, string what) in _happened.Take(MostTold))
        {
            yield return $"{Time(at)}      {what}";
        }

        if (_happened.Count > MostTold)
        {
            yield return $"{"",14}      and {_happened.Count - MostTold} more of the kind";
        }

        foreach (string line in Wrap("calls", _calls).Concat(Wrap("trouble", _troubles)))
        {
            yield return $"{"",14}      {line}";
        }

        if (Retries > 0)
        {
            yield return $"{"",14}      {Retries} of the calls {(Retries == 1 ? "is a retry" : "are retries")}";
        }

        if (_answer is not null)
        {
            yield return $"{Time(_answeredAt)}      {_answer}";
        }
    }

    /// <summary>Virtual time in a column of its own.</summary>
    public static string Time(TimeSpan at) => string.Create(CultureInfo.InvariantCulture, $"{at.TotalMilliseconds,11:F3} ms");

    private static string Shorten(string text) => text.Length <= Longest ? text : $"{text[..Longest]} … ({text.Length} characters)";

    /// <summary>As many a line as one can read.</summary>
    private static IEnumerable<string> Wrap(string label, List<Tally> tallies)
    {
        string line = $"{label}:";
        for (int i = 0; i < tallies.Count; i++)
        {
            string next = $" {tallies[i]}{(i < tallies.Count - 1 ? "," : "")}";
            if (line.Length + next.Length > Width && i > 0)
            {
                yield return line;
                line = new string(' ', label.Length + 1);
            }

            line += next;
        }

        if (tallies.Count > 0)
        {
            yield return line;
        }
    }

    private static void Count(List<Tally> tallies, string what, string server)
    {
        Tally? tally = tallies.Find(known => known.What == what);
        if (tally is null)
        {
            tally = new Tally(what);
            tallies.Add(tally);
        }

        tally.Add(server);
    }

    /// <summary>How often something was asked of whom.</summary>
    private sealed class Tally(string what)
    {
        private readonly SortedDictionary<string, int> _servers = new(StringComparer.Ordinal);

        public string What { get; } = what;

        public void Add(string server) => _servers[server] = _servers.GetValueOrDefault(server) + 1;

        /// <summary>Evenly over several servers: <c>Open 1 to each of 5</c>; else one by one.</summary>
        public override string ToString()
        {
            int[] counts = [.. _servers.Values.Distinct()];
            return counts.Length == 1 && _servers.Count > 2
                ? $"{What} {counts[0]} to each of {_servers.Count}"
                : $"{What} {string.Join(" and ", _servers.Select(pair => $"{pair.Value} to {pair.Key}"))}";
        }
    }
}
