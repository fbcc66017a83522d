using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Raid5Fs.Protocol;

namespace Raid5Fs.Tests.Messages;

/// <summary>
/// Whatever field of a message is changed on its way, its digest shows it: told of every message that there is, by its
/// description, so that no field is forgotten when one is added.
/// </summary>
public sealed class MessageDigestTests
{
    private const string Digest = "digest";

    /// <summary>The bytes of a block are covered through its checksum; their number by the digest.</summary>
    private const string Content = "content";

    public static TheoryData<string> Digested => [.. Messages.Select(message => message.Name)];

    private static IEnumerable<MessageDescriptor> Messages => BlockServerReflection.Descriptor.MessageTypes.Where(
        message => message.FindFieldByName(Digest) is not null);

    [Fact]
    public void Every_message_of_a_call_that_has_fields_has_a_digest()
    {
        IEnumerable<MessageDescriptor> called = BlockServerReflection.Descriptor.Services.Single().Methods
            .SelectMany(method => (MessageDescriptor[])[method.InputType, method.OutputType]);
        Assert.All(called, message =>
            Assert.True(message.Fields.InDeclarationOrder().Count == 0 || message.FindFieldByName(Digest) is not null, message.Name));
        Assert.True(Messages.Count() > 12);
    }

    [Theory]
    [MemberData(nameof(Digested))]
    public void A_change_of_any_field_breaks_it(string name)
    {
        MessageDescriptor type = BlockServerReflection.Descriptor.FindTypeByName<MessageDescriptor>(name);
        foreach (IMessage seed in (IMessage[])[Blank(type), Filled(type)])
        {
            IMessage message = Sealed(seed);
            Assert.True(Holds(message));
            int changes = 0;
            foreach ((string what, Action<IMessage> change) in ChangesOf(type, isFilled: message.CalculateSize() > 9))
            {
                IMessage changed = type.Parser.ParseFrom(message.ToByteArray());
                change(changed);
                Assert.False(Holds(changed), $"{name}: {what}");
                changes++;
            }

            Assert.True(changes > 0);
        }
    }

    [Fact]
    public void One_message_never_passes_for_another()
    {
        // All have the same claim.
        var commit = new CommitRequest { Claim = new OwnershipClaim { Generation = 1, Client = 2 }, Epoch = 3 };
        var open = new OpenRequest { Claim = new OwnershipClaim { Generation = 1, Client = 2 } };
        var epochless = new CommitRequest { Claim = open.Claim };
        ulong[] digests =
            [MessageDigest.Seal(commit).Digest, MessageDigest.Seal(open).Digest, MessageDigest.Seal(epochless).Digest];
        Assert.Equal(3, digests.Distinct().Count());
    }

    /// <summary>Every change of one field, in the message or in one that it holds.</summary>
    private static IEnumerable<(string What, Action<IMessage> Change)> ChangesOf(MessageDescriptor type, bool isFilled)
    {
        foreach (FieldDescriptor field in type.Fields.InDeclarationOrder())
        {
            if (field.IsRepeated)
            {
                yield return ($"one more of {field.Name}", message => ListOf(field, message).Add(Other(field, null)));
                if (isFilled)
                {
                    yield return ($"one less of {field.Name}", message => ListOf(field, message).RemoveAt(1));
                    yield return ($"{field.Name} in another order", message => Swap(ListOf(field, message)));
                }

                if (isFilled && field.FieldType == FieldType.Message)
                {
                    foreach ((string what, Action<IMessage> change) in ChangesOf(field.MessageType, isFilled))
                    {
                        yield return ($"{field.Name}.{what}", message => change((IMessage)ListOf(field, message)[1]!));
                    }
                }
                else if (isFilled)
                {
                    yield return (field.Name, message => ListOf(field, message)[1] = Other(field, ListOf(field, message)[1]));
                }
            }
            else if (field.FieldType == FieldType.Message)
            {
                foreach ((string what, Action<IMessage> change) in ChangesOf(field.MessageType, isFilled))
                {
                    yield return ($"{field.Name}.{what}", message => change(Part(field, message)));
                }

                if (isFilled)
                {
                    yield return ($"{field.Name} missing", message => field.Accessor.Clear(message));
                }
            }
            else
            {
                yield return (field.Name, message => field.Accessor.SetValue(message, Other(field, field.Accessor.GetValue(message))));
            }
        }
    }

    private static void Swap(IList list) => (list[0], list[1]) = (list[1], list[0]);

    /// <summary>A message within another, made if there is none.</summary>
    private static IMessage Part(FieldDescriptor field, IMessage message)
    {
        if (field.Accessor.GetValue(message) is null)
        {
            field.Accessor.SetValue(message, Blank(field.MessageType));
        }

        return (IMessage)field.Accessor.GetValue(message);
    }

    private static IMessage Blank(MessageDescriptor type) => type.Parser.ParseFrom(ByteString.Empty);

    /// <summary>A message with something in every field, two in each that repeats.</summary>
    private static IMessage Filled(MessageDescriptor type)
    {
        IMessage message = Blank(type);
        foreach (FieldDescriptor field in type.Fields.InDeclarationOrder())
        {
            if (field.IsRepeated)
            {
                object first = Other(field, null);
                ListOf(field, message).Add(first);
                ListOf(field, message).Add(field.FieldType == FieldType.Message ? Doubled((IMessage)first) : Other(field, first));
            }
            else
            {
                field.Accessor.SetValue(message, Other(field, null));
            }
        }

        return message;
    }

    /// <summary>Another one of the same kind, with other values.</summary>
    private static IMessage Doubled(IMessage message)
    {
        IMessage other = message.Descriptor.Parser.ParseFrom(message.ToByteArray());
        foreach (FieldDescriptor field in message.Descriptor.Fields.InDeclarationOrder())
        {
            field.Accessor.SetValue(other, Other(field, field.Accessor.GetValue(message)));
        }

        return other;
    }

    /// <summary>Another value than this one; than the default for null.</summary>
    private static object Other(FieldDescriptor field, object? value) => field.FieldType switch
    {
        FieldType.Message => Filled(field.MessageType),
        FieldType.Enum => Enum.ToObject(field.EnumType.ClrType, (Convert.ToInt32(value ?? 0) + 1) % 5),
        FieldType.Bytes => ByteString.CopyFrom(
            [.. (value as ByteString ?? ByteString.Empty).Select(part => (byte)(part ^ (field.Name == Content ? 0 : 1))), 7]),
        FieldType.UInt32 or FieldType.Fixed32 => (uint)(value ?? 0u) + 1,
        FieldType.Fixed64 => (ulong)(value ?? 0UL) + 1,
        FieldType.Bool => !(bool)(value ?? false),
        FieldType.Int32 => (int)(value ?? 0) + 1,
        FieldType.Int64 => (long)(value ?? 0L) + 1,
        _ => throw new InvalidOperationException($"{field.FullName} is of a type that no message had so far"),
    };

    private static IList ListOf(FieldDescriptor field, IMessage message) => (IList)field.Accessor.GetValue(message);

    private static bool Holds(IMessage message) => (bool)typeof(MessageDigest)
        .GetMethod(nameof(MessageDigest.Holds))!.MakeGenericMethod(message.GetType()).Invoke(null, [message])!;

    private static IMessage Sealed(IMessage message) => (IMessage)typeof(MessageDigest)
        .GetMethod(nameof(MessageDigest.Seal))!.MakeGenericMethod(message.GetType()).Invoke(null, [message])!;
}
