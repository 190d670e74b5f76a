namespace Acrobits.InvitationNotifier.Documentation.Tests;

/// <summary>One example of a page.</summary>
/// <param name="Page">The path of the page.</param>
/// <param name="Line">The line of its first fence.</param>
/// <param name="Language">The language that the fence names.</param>
/// <param name="Code">What stands between the fences.</param>
/// <param name="IsFragment">Whether it is marked as not complete, and so cannot be checked.</param>
internal sealed record Example(string Page, int Line, string Language, string Code, bool IsFragment)
{
    public override string ToString() => $"{Page}:{Line}";
}
