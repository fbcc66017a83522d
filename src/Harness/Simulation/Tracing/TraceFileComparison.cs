using System.Text;

namespace Raid5Verify.Simulation;

/// <summary>Compares a run, as it goes, with the trace of an earlier one as <see cref="JsonLinesTrace"/> wrote it, event by event.</summary>
public sealed class TraceFileComparison : ITraceSink, IDisposable
{
    private readonly BufferedStream _expected;
    private readonly MemoryStream _line = new();
    private readonly JsonLinesTrace _writer;
    private byte[] _read = new byte[256];

    /// <param name="expected">The earlier trace; left open.</param>
    public TraceFileComparison(Stream expected)
    {
        _expected = new BufferedStream(expected, 1 << 16);
        _writer = new JsonLinesTrace(_line);
    }

    /// <summary>The first event in which the runs differ; null while they agree.</summary>
    public TraceMismatch? FirstDifference { get; private set; }

    /// <summary>Events of this run so far.</summary>
    public long Count { get; private set; }

    public void Record(in TraceEvent happened, ulong hash)
    {
        Count++;
        if (FirstDifference is not null)
        {
            return;
        }

        _line.SetLength(0);
        _writer.Record(in happened, hash);
        var actual = _line.GetBuffer().AsSpan(0, (int)_line.Length);
        if (_read.Length < actual.Length)
        {
            _read = new byte[actual.Length * 2];
        }

        var count = _expected.ReadAtLeast(_read.AsSpan(0, actual.Length), actual.Length, throwOnEndOfStream: false);
        var expected = _read.AsSpan(0, count);
        if (!expected.SequenceEqual(actual))
        {
            FirstDifference = new TraceMismatch(happened.Seq, LineFrom(expected), Encoding.UTF8.GetString(actual).TrimEnd('\n'));
        }
    }

    /// <summary>The run has ended: if the earlier one went on, that is a difference too.</summary>
    public void End()
    {
        if (FirstDifference is null && LineFrom([]) is { } further)
        {
            FirstDifference = new TraceMismatch(Count, further, null);
        }
    }

    public void Dispose() => _writer.Dispose();

    /// <summary>The line of the earlier trace that begins with these bytes; null if it has ended.</summary>
    private string? LineFrom(ReadOnlySpan<byte> begun)
    {
        var line = new List<byte>([.. begun]);
        var end = line.IndexOf((byte)'\n');
        if (end >= 0)
        {
            line.RemoveRange(end, line.Count - end);
        }
        else
        {
            for (var next = _expected.ReadByte(); next is not ('\n' or -1); next = _expected.ReadByte())
            {
                line.Add((byte)next);
            }
        }

        return line.Count == 0 ? null : Encoding.UTF8.GetString([.. line]);
    }
}

/// <summary>Where two runs part.</summary>
/// <param name="Seq">The number of the event, from 0.</param>
/// <param name="Expected">The earlier run's event, as its trace has it; null if it had ended.</param>
/// <param name="Actual">This run's; null if it has ended.</param>
public sealed record TraceMismatch(long Seq, string? Expected, string? Actual)
{
    /// <summary>Both events, in three lines.</summary>
    public override string ToString() =>
        $"the runs part at event {Seq}\n  recorded {Expected ?? "nothing more: the run had ended"}\n  now      {Actual ?? "nothing more: the run has ended"}";
}
