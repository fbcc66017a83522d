/*
 * The bytes of requests and answers, as linux/fuse.h lays them out: version 7.38. All numbers are of the machine's own order, and all
 * structures are multiples of eight bytes without gaps but for those that are named here.
 *
 *     request:  FuseRequestHeader | structure of the opcode | names, each ended by NUL, or data
 *     answer:   FuseReplyHeader   | structure of the opcode, or data
 */

using System.Runtime.InteropServices;

namespace Raid5Fs.Fuse;

/// <summary>Begins each request.</summary>
/// <param name="Length">Bytes of the request, this included.</param>
/// <param name="Opcode">What is asked.</param>
/// <param name="Unique">By which the answer names it.</param>
/// <param name="Node">Of which inode it is asked; 1 is the root.</param>
/// <param name="User">Who asks.</param>
/// <param name="Group">His first group.</param>
/// <param name="Process">By which process.</param>
/// <param name="Extensions">Eights of bytes after the end of what is described here: low half of the word.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseRequestHeader(
    uint Length, FuseOpcode Opcode, ulong Unique, ulong Node, uint User, uint Group, uint Process, uint Extensions);

/// <summary>Begins each answer.</summary>
/// <param name="Length">Bytes of the answer, this included.</param>
/// <param name="Error">0, or an errno, negative; then nothing follows.</param>
/// <param name="Unique">Of the request.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseReplyHeader(uint Length, int Error, ulong Unique);

/// <summary>The kernel begins.</summary>
/// <param name="Major">7.</param>
/// <param name="Minor">What it speaks.</param>
/// <param name="MaxReadAhead">Bytes.</param>
/// <param name="Capabilities">What it can do.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseInitRequest(uint Major, uint Minor, uint MaxReadAhead, FuseCapabilities Capabilities);

/// <summary>What both do.</summary>
/// <param name="Major">7.</param>
/// <param name="Minor">The lower of both.</param>
/// <param name="MaxReadAhead">Bytes.</param>
/// <param name="Capabilities">Those of the kernel that are used.</param>
/// <param name="MaxBackground">Requests that nobody waits for, at a time.</param>
/// <param name="CongestionThreshold">As many of them are many.</param>
/// <param name="MaxWrite">Bytes of a write.</param>
/// <param name="TimeGranularity">Nanoseconds.</param>
/// <param name="MaxPages">Pages of a request's data.</param>
/// <param name="MapAlignment">Unused.</param>
/// <param name="MoreCapabilities">The second word of them.</param>
/// <param name="Unused0">0.</param>
/// <param name="Unused1">0.</param>
/// <param name="Unused2">0.</param>
/// <param name="Unused3">0.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseInitReply(
    uint Major,
    uint Minor,
    uint MaxReadAhead,
    FuseCapabilities Capabilities,
    ushort MaxBackground,
    ushort CongestionThreshold,
    uint MaxWrite,
    uint TimeGranularity,
    ushort MaxPages,
    ushort MapAlignment,
    uint MoreCapabilities,
    uint Unused0 = 0,
    ulong Unused1 = 0,
    ulong Unused2 = 0,
    ulong Unused3 = 0);

/// <summary>What <c>stat</c> tells.</summary>
/// <param name="Inode">Its number.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sectors">Blocks of 512 bytes.</param>
/// <param name="AccessSeconds">Since 1970, as the times after it.</param>
/// <param name="ModifySeconds">Seconds.</param>
/// <param name="ChangeSeconds">Seconds.</param>
/// <param name="AccessNanoseconds">0 to 999,999,999, as the times after it.</param>
/// <param name="ModifyNanoseconds">Nanoseconds.</param>
/// <param name="ChangeNanoseconds">Nanoseconds.</param>
/// <param name="Mode">Type and permissions.</param>
/// <param name="Links">Entries that lead here.</param>
/// <param name="User">Its owner.</param>
/// <param name="Group">Its group.</param>
/// <param name="Device">Of a device node.</param>
/// <param name="BlockSize">Bytes that are best read and written at a time.</param>
/// <param name="Flags">0.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseAttributes(
    ulong Inode,
    ulong Size,
    ulong Sectors,
    long AccessSeconds,
    long ModifySeconds,
    long ChangeSeconds,
    uint AccessNanoseconds,
    uint ModifyNanoseconds,
    uint ChangeNanoseconds,
    uint Mode,
    uint Links,
    uint User,
    uint Group,
    uint Device,
    uint BlockSize,
    uint Flags);

/// <summary>An inode that a name leads to: the kernel knows it once more.</summary>
/// <param name="Node">By which it is named from now on; 0: there is none, which the kernel may remember.</param>
/// <param name="Generation">Of the inode, among those that have had its number.</param>
/// <param name="EntrySeconds">For how long the name may be believed.</param>
/// <param name="AttributeSeconds">For how long the attributes may be believed.</param>
/// <param name="EntryNanoseconds">And nanoseconds.</param>
/// <param name="AttributeNanoseconds">And nanoseconds.</param>
/// <param name="Attributes">Of the inode.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseEntry(
    ulong Node,
    ulong Generation,
    ulong EntrySeconds,
    ulong AttributeSeconds,
    uint EntryNanoseconds,
    uint AttributeNanoseconds,
    FuseAttributes Attributes);

/// <summary>The attributes of an inode that the kernel knows.</summary>
/// <param name="Seconds">For how long they may be believed.</param>
/// <param name="Nanoseconds">And nanoseconds.</param>
/// <param name="Unused">0.</param>
/// <param name="Attributes">Of the inode.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseAttributesReply(ulong Seconds, uint Nanoseconds, uint Unused, FuseAttributes Attributes);

/// <summary>Which attributes are asked for.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseGetAttributesRequest(uint Flags, uint Unused, ulong Handle);

/// <summary>Attributes to be set; those that <paramref name="Fields"/> names.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseSetAttributesRequest(
    FuseAttributeFields Fields,
    uint Unused0,
    ulong Handle,
    ulong Size,
    ulong LockOwner,
    long AccessSeconds,
    long ModifySeconds,
    long ChangeSeconds,
    uint AccessNanoseconds,
    uint ModifyNanoseconds,
    uint ChangeNanoseconds,
    uint Mode,
    uint Unused1,
    uint User,
    uint Group,
    uint Unused2);

/// <summary>Before the name of a node to be made.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseMakeNodeRequest(uint Mode, uint Device, uint Umask, uint Unused);

/// <summary>Before the name of a directory to be made.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseMakeDirectoryRequest(uint Mode, uint Umask);

/// <summary>Before the old and the new name, the request's node being the old one's directory.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseRenameRequest(ulong NewDirectory);

/// <summary>As <see cref="FuseRenameRequest"/>, with flags.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseRename2Request(ulong NewDirectory, LinuxRenameFlags Flags, uint Unused);

/// <summary>Before the new name, the request's node being its directory.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseLinkRequest(ulong Node);

/// <summary>How a file or directory is opened.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseOpenRequest(LinuxOpenFlags Flags, FuseOpenFlags OpenFlags);

/// <summary>Before the name of a file to be made and opened.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseCreateRequest(LinuxOpenFlags Flags, uint Mode, uint Umask, FuseOpenFlags OpenFlags);

/// <summary>What was opened.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseOpenReply(ulong Handle, FuseOpenReplyFlags Flags, uint Unused);

/// <summary>What was made and opened.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseCreateReply(FuseEntry Entry, FuseOpenReply Open);

/// <summary>What is closed.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseReleaseRequest(ulong Handle, uint Flags, uint ReleaseFlags, ulong LockOwner);

/// <summary>What is read: of a file, or of a directory, where the offset is a place.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseReadRequest(
    ulong Handle, ulong Offset, uint Size, uint ReadFlags, ulong LockOwner, LinuxOpenFlags Flags, uint Unused);

/// <summary>Before the data that is written.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseWriteRequest(
    ulong Handle, ulong Offset, uint Size, FuseWriteFlags WriteFlags, ulong LockOwner, LinuxOpenFlags Flags, uint Unused);

/// <summary>How much was written.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseWriteReply(uint Size, uint Unused);

/// <summary>What <c>df</c> tells.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseStatisticsReply(
    ulong Blocks,
    ulong FreeBlocks,
    ulong AvailableBlocks,
    ulong Inodes,
    ulong FreeInodes,
    uint BlockSize,
    uint MaxNameLength,
    uint FragmentSize,
    uint Unused0 = 0,
    ulong Unused1 = 0,
    ulong Unused2 = 0,
    ulong Unused3 = 0);

/// <summary>What is to be made durable.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseSyncRequest(ulong Handle, uint Flags, uint Unused);

/// <summary>Before the name and the value of an extended attribute.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseSetExtendedAttributeRequest(uint Size, uint Flags);

/// <summary>How much room there is for a value, before its name, or for all names; 0: only the length is asked for.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseGetExtendedAttributeRequest(uint Size, uint Unused);

/// <summary>The length that was asked for.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseGetExtendedAttributeReply(uint Size, uint Unused);

/// <summary>How often the kernel has forgotten the request's node.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseForgetRequest(ulong Lookups);

/// <summary>Before as many <see cref="FuseForgotten"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseBatchForgetRequest(uint Count, uint Unused);

/// <summary>How often the kernel has forgotten a node.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseForgotten(ulong Node, ulong Lookups);

/// <summary>What somebody wants to do.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseAccessRequest(uint Modes, uint Unused);

/// <summary>A range for <c>fallocate(2)</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseAllocateRequest(ulong Handle, ulong Offset, ulong Length, LinuxAllocateModes Modes, uint Unused);

/// <summary>From where what is looked for: 3 is data, 4 a hole.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseSeekRequest(ulong Handle, ulong Offset, uint Whence, uint Unused);

/// <summary>Where it is.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseSeekReply(ulong Offset);

/// <summary>What is copied from the request's node where.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseCopyRequest(
    ulong FromHandle, ulong FromOffset, ulong ToNode, ulong ToHandle, ulong ToOffset, ulong Length, ulong Flags);

/// <summary>Before an entry's name, which is filled up to a multiple of eight bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FuseDirectoryEntry(ulong Inode, ulong Position, uint NameLength, uint Type);
