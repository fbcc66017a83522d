using System.Buffers;
using System.Buffers.Binary;
using Raid5Fs.Primitives;

namespace Raid5Fs.BlockServer;

/// <summary>
/// What a member's log says, in the order it happened. Replayed over a checkpoint it gives the member's state.
/// </summary>
internal abstract record LogRecord
{
    private LogRecord()
    {
    }

    private enum Kind : byte
    {
        Seal = 1,
        Mask = 2,
        Commit = 3,
        Decision = 4,
        End = 5,
    }

    /// <summary>An epoch was sealed with its blocks.</summary>
    /// <param name="Epoch">The epoch and its mask.</param>
    /// <param name="Blocks">By ascending row.</param>
    public sealed record Seal(SealedEpoch Epoch, IReadOnlyList<(Row Row, EpochBlock Block)> Blocks) : LogRecord;

    /// <summary>The sealed epoch has another mask from here on.</summary>
    public sealed record Mask(SealedEpoch Epoch) : LogRecord;

    /// <summary>The sealed epoch was committed.</summary>
    public sealed record Commit(Epoch Epoch) : LogRecord;

    /// <summary>A decision was adopted: a sealed epoch that is not the decided one is dropped.</summary>
    /// <param name="View">The decision.</param>
    /// <param name="Applies">The decided epoch, if it is pending, is committed at once.</param>
    public sealed record Decision(View View, bool Applies) : LogRecord;

    /// <summary>What follows is in the next log.</summary>
    public sealed record End : LogRecord;

    /// <summary>Appends the written form: a byte of kind, the fields, little endian.</summary>
    /// <remarks>A sealed block takes 16 bytes.</remarks>
    public void WriteTo(ArrayBufferWriter<byte> output)
    {
        switch (this)
        {
            case Seal seal:
                WriteByte(output, (byte)Kind.Seal);
                Write(output, seal.Epoch);
                WriteUInt32(output, (uint)seal.Blocks.Count);
                foreach ((Row row, EpochBlock block) in seal.Blocks)
                {
                    WriteUInt32(output, (uint)row.Value);
                    WriteUInt32(output, block.Slot);
                    WriteUInt64(output, block.Checksum.Value);
                }

                break;
            case Mask mask:
                WriteByte(output, (byte)Kind.Mask);
                Write(output, mask.Epoch);
                break;
            case Commit commit:
                WriteByte(output, (byte)Kind.Commit);
                WriteUInt64(output, commit.Epoch.Value);
                break;
            case Decision decision:
                WriteByte(output, (byte)Kind.Decision);
                WriteUInt64(output, decision.View.Stamp.Epoch.Value);
                WriteUInt32(output, decision.View.Stamp.Version);
                WriteUInt64(output, decision.View.Decided.Value);
                WriteUInt32(output, decision.View.Mask.Bits);
                WriteByte(output, decision.Applies ? (byte)1 : (byte)0);
                break;
            case End:
                WriteByte(output, (byte)Kind.End);
                break;
        }
    }

    /// <summary>Reads the records of one group; null if the bytes are no records.</summary>
    public static List<LogRecord>? ReadAll(ReadOnlySpan<byte> bytes)
    {
        var reader = new Reader(bytes);
        List<LogRecord> records = [];
        while (!reader.AtEnd)
        {
            LogRecord? record = (Kind)reader.Byte() switch
            {
                Kind.Seal => ReadSeal(ref reader),
                Kind.Mask => new Mask(ReadSealedEpoch(ref reader)),
                Kind.Commit => new Commit(new Epoch(reader.UInt64())),
                Kind.Decision => ReadDecision(ref reader),
                Kind.End => new End(),
                _ => null,
            };
            if (record is null || reader.Failed)
            {
                return null;
            }

            records.Add(record);
        }

        return records;
    }

    private static Seal ReadSeal(ref Reader reader)
    {
        SealedEpoch epoch = ReadSealedEpoch(ref reader);
        uint count = reader.UInt32();
        List<(Row, EpochBlock)> blocks = [];
        for (uint i = 0; i < count && !reader.Failed; i++)
        {
            var row = new Row(reader.UInt32());
            blocks.Add((row, new EpochBlock(reader.UInt32(), new Checksum(reader.UInt64()), Sequence: 0)));
        }

        return new Seal(epoch, blocks);
    }

    private static SealedEpoch ReadSealedEpoch(ref Reader reader)
    {
        var epoch = new Epoch(reader.UInt64());
        uint version = reader.UInt32();
        return new SealedEpoch(new Stamp(epoch, version), new MemberSet(reader.UInt32()));
    }

    private static Decision ReadDecision(ref Reader reader)
    {
        var epoch = new Epoch(reader.UInt64());
        uint version = reader.UInt32();
        var decided = new Epoch(reader.UInt64());
        var mask = new MemberSet(reader.UInt32());
        return new Decision(new View(new Stamp(epoch, version), decided, mask), reader.Byte() != 0);
    }

    private static void Write(ArrayBufferWriter<byte> output, SealedEpoch epoch)
    {
        WriteUInt64(output, epoch.Epoch.Value);
        WriteUInt32(output, epoch.Stamp.Version);
        WriteUInt32(output, epoch.Mask.Bits);
    }

    private static void WriteByte(ArrayBufferWriter<byte> output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    private static void WriteUInt32(ArrayBufferWriter<byte> output, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(output.GetSpan(sizeof(uint)), value);
        output.Advance(sizeof(uint));
    }

    private static void WriteUInt64(ArrayBufferWriter<byte> output, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(output.GetSpan(sizeof(ulong)), value);
        output.Advance(sizeof(ulong));
    }

    /// <summary>Reads zeros once the bytes are used up, and says so.</summary>
    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public bool Failed { get; private set; }

        public readonly bool AtEnd => _rest.IsEmpty;

        public byte Byte() => Take(1) is { IsEmpty: false } taken ? taken[0] : (byte)0;

        public uint UInt32() =>
            Take(sizeof(uint)) is { IsEmpty: false } taken ? BinaryPrimitives.ReadUInt32LittleEndian(taken) : 0;

        public ulong UInt64() =>
            Take(sizeof(ulong)) is { IsEmpty: false } taken ? BinaryPrimitives.ReadUInt64LittleEndian(taken) : 0;

        private ReadOnlySpan<byte> Take(int count)
        {
            if (_rest.Length < count)
            {
                Failed = true;
                return default;
            }

            ReadOnlySpan<byte> taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }
    }
}
