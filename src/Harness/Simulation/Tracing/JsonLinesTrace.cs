using System.Text.Json;

namespace Raid5Verify.Simulation;

/// <summary>
/// Writes the trace as JSON Lines: <c>{"seq", "t_ns", "host", "task", "cause", "kind", …}</c>, where the further fields are
/// named by the event's <see cref="TraceKind"/>.
/// </summary>
public sealed class JsonLinesTrace : ITraceSink, IDisposable
{
    private readonly Stream _output;
    private readonly Utf8JsonWriter _writer;

    /// <param name="output">Written in UTF-8; left open.</param>
    public JsonLinesTrace(Stream output)
    {
        _output = output;
        _writer = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
    }

    public void Record(in TraceEvent happened, ulong hash)
    {
        _writer.WriteStartObject();
        _writer.WriteNumber("seq", happened.Seq);
        _writer.WriteNumber("t_ns", happened.TimeNs);
        _writer.WriteString("host", happened.Host?.Name ?? "world");
        _writer.WriteNumber("task", happened.Task);
        _writer.WriteNumber("cause", happened.Cause);
        var kind = happened.Kind;
        _writer.WriteString("kind", kind.Name);
        WriteText(kind.Subject, happened.Subject);
        WriteText(kind.Detail, happened.Detail);
        WriteNumber(kind.A, happened.A);
        WriteNumber(kind.B, happened.B);
        WriteNumber(kind.C, happened.C);
        _writer.WriteEndObject();
        _writer.Flush();
        _writer.Reset();
        _output.WriteByte((byte)'\n');
    }

    public void Dispose() => _writer.Dispose();

    private void WriteText(string? name, Label? value)
    {
        if (name is not null && value is not null)
        {
            _writer.WriteString(name, value.Text);
        }
    }

    private void WriteNumber(string? name, long value)
    {
        if (name is "hash")
        {
            _writer.WriteString(name, $"{value:x16}");
        }
        else if (name is not null)
        {
            _writer.WriteNumber(name, value);
        }
    }
}
