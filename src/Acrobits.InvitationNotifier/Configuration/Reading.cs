using System.Runtime.CompilerServices;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>What the library knows of options beside their values: the sections they were read from, and what they compile to.</summary>
/// <remarks>The options are a public type, which knows nothing of the folders, and the framework creates and hands them on.</remarks>
internal sealed class Reading
{
    private static readonly ConditionalWeakTable<InvitationNotifierOptions, Reading> Readings = [];

    /// <summary>What was read from each registered section.</summary>
    public List<SectionContent> Sections { get; } = [];

    /// <summary>Set once the options are found valid.</summary>
    public CompiledConfiguration? Compiled { get; set; }

    public static Reading Of(InvitationNotifierOptions options) => Readings.GetOrCreateValue(options);
}
