"""The Store: every collection over one database."""

from bot.storage.answers import Answers
from bot.storage.appeals import AppealCases
from bot.storage.boards import Boards
from bot.storage.challenges import Challenges
from bot.storage.database import Database
from bot.storage.messages import Messages
from bot.storage.people import People
from bot.storage.refinements import Refinements
from bot.storage.regrades import Regrades
from bot.storage.rounds import Quizzes, Rounds


class Store:
    """Implements the ``Store`` port; every method of its parts is one transaction."""

    def __init__(self, database: Database) -> None:
        self.challenges = Challenges(database)
        self.rounds = Rounds(database)
        self.answers = Answers(database)
        self.quizzes = Quizzes(database)
        self.boards = Boards(database)
        self.people = People(database)
        self.messages = Messages(database)
        self.refinements = Refinements(database)
        self.appeals = AppealCases(database)
        self.regrades = Regrades(database)
